// Two free ports that stay ours for a whole run although the service that uses them dies all the time. They lie below
// the range from which the kernel takes the ports of outgoing connections: none of those can take them meanwhile, and
// no client that connects to a port where nobody listens can end up connected to itself.

import { once } from 'node:events';
import { createServer } from 'node:net';

const LOWEST = 20_000;
const HIGHEST = 29_999;
const TRIES = 200;

/** @throws Error when none is free */
export async function freePort(): Promise<number> {
  for (let tries = TRIES; tries > 0; tries -= 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

// The parts of Aedes 1.2.0 that have no public name and that we need all the same, in one place. The version is
// pinned; `internalsOf` stops the first connection with a clear error should another version look different.
// Why: no packet-size limit (D5), acknowledged messages lost by its duplicate counter (D1), reading that is now
// unbounded, now blocked (back-pressure.ts; `client.pause()` forgets packets that end meanwhile and never reads again).

import type { Client } from 'aedes';

export interface ClientInternals {
  /** The parser that all bytes of the connection go through. */
  readonly _parser: { parse(chunk: Uint8Array): number };
  /** True after a DISCONNECT packet. */
  readonly _disconnected: boolean;
  /** Highest counter seen per broker; a message with a lower one is dropped as a duplicate. */
  duplicates: object;
}

export function internalsOf(client: Client): ClientInternals {
  const internals = client as unknown as ClientInternals;
  const isKnown =
    typeof internals._parser?.parse === 'function' &&
    typeof internals._disconnected === 'boolean' &&
    typeof internals.duplicates === 'object';
  if (!isKnown)
    throw new Error('this version of aedes is not the one that the MQTT edge was built for (1.2.0)');
  return internals;
}

const NEVER_SEEN: object = new Proxy(Object.freeze({}), {
  get: () => 0,
  set: () => true,
  deleteProperty: () => true,
});

/**
 * Switch the duplicate counter off (D1): messages of one broker do not reach it in the order of their numbers, and
 * each that comes late is dropped after it was acknowledged. Our commands carry their own ids.
 */
export function neverDropAsDuplicate(client: Client): void {
  internalsOf(client).duplicates = NEVER_SEEN;
}

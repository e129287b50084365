// The service as a program, run by the real Node: it starts, stops and starts again, and what goes wrong is one line
// that names the option.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ADMIN_PASSWORD, sessionCookie } from '../support/service.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shouwang-start-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly errors: string[];
  line(pattern: RegExp): Promise<string>;
  readonly ended: Promise<number>;
}

function start(environment: Record<string, string> = {}, args: string[] = []): Ran {
  const defaults = {
    SHOUWANG_DATA_DIR: folder,
    SHOUWANG_HTTP_PORT: '0',
    SHOUWANG_MQTT_PORT: '0',
    SHOUWANG_LOG_LEVEL: 'error',
  };
  const env = { PATH: process.env['PATH'], ...defaults, ...environment };
  const child = spawn(process.execPath, ['src/main.ts', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const lines: string[] = [];
  const errors: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  createInterface({ input: child.stderr! }).on('line', (line) => errors.push(line));
  const line = (pattern: RegExp): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = lines.find((candidate) => pattern.test(candidate));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { child, lines, errors, line, ended: once(child, 'close').then(([code]) => Number(code)) };
}

test('starts, prints the first log-in once, stops in order, and starts again without it', async () => {
  const first = start();
  const [, login, password] = /log-in: (\S+) \/ (\S+)/.exec(await first.line(/first log-in/))!;
  const http = /http:\S+/.exec(await first.line(/console/))![0];
  expect(await sessionCookie(http, login!, password!)).toContain('shouwang_session=');
  expect((await fetch(`${http}/health/ready`)).status).toBe(200);
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);

  const second = start();
  await second.line(/gateways/);
  expect(second.lines.join('\n')).not.toContain('first log-in');
  second.child.kill('SIGINT');
  expect(await second.ended).toBe(0);
  expect([...first.errors, ...second.errors]).toEqual([]);
});

test('for programs: one JSON line, and a given password is not printed', async () => {
  const { child, lines, line, ended } = start({
    SHOUWANG_READY_JSON: 'yes',
    SHOUWANG_ADMIN_PASSWORD: ADMIN_PASSWORD,
  });
  const ready = JSON.parse(await line(/^\{"ready"/));
  expect(ready).toMatchObject({ ready: true });
  expect(await sessionCookie(ready.http)).toContain('shouwang_session=');
  expect(lines.join('\n')).not.toContain(ADMIN_PASSWORD);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('--help says every option and opens nothing', async () => {
  const { lines, ended } = start({}, ['--help']);
  expect(await ended).toBe(0);
  expect(lines.join('\n')).toContain('--mqtt-port');
});

test.each([
  [{ SHOUWANG_MQTT_PORT: 'many' }, [], /^shouwang: SHOUWANG_MQTT_PORT: "many" is not a whole number/],
  [{}, ['--colour', 'red'], /^shouwang: --colour: there is no such option/],
])('a bad option: %o %o', async (environment, args, message) => {
  const { errors, ended } = start(environment as Record<string, string>, args as string[]);
  expect(await ended).toBe(1);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(message);
});

test.each(['HTTP', 'MQTT'])('a taken %s port', async (kind) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  const { errors, ended } = start({ [`SHOUWANG_${kind}_PORT`]: String(port) });
  expect(await ended).toBe(1);
  expect(errors.at(-1)).toMatch(
    new RegExp(`--${kind.toLowerCase()}-port .*:${port} is taken by another program`),
  );
  holder.close();
});

test('a folder that is a file, a folder in use, a folder of recordings', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  chmodSync(file, 0o400);
  const onFile = start({ SHOUWANG_DATA_DIR: file });
  expect(await onFile.ended).toBe(1);
  expect(onFile.errors.at(-1)).toMatch(/--data-dir \(SHOUWANG_DATA_DIR\)/);

  const holder = start({ SHOUWANG_CLOCK: 'recording' });
  await holder.line(/gateways/);
  const second = start();
  expect(await second.ended).toBe(1);
  expect(second.errors.at(-1)).toMatch(/--data-dir .* (in use|used by)/);
  holder.child.kill('SIGTERM');
  expect(await holder.ended).toBe(0);
  const live = start();
  expect(await live.ended).toBe(1);
  expect(live.errors.at(-1)).toMatch(/--data-dir .*recording/);
});

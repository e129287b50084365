// Goal: the tools start a service only when it is ready, say why when it is not, and leave nothing behind.
// Method: small programs in place of the service.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type ServiceOptions, startService } from '../../simulators/service-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'service-process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

function options(source: string): ServiceOptions & { readonly lines: string[] } {
  count += 1;
  const program = join(folder, `program-${count}.mjs`);
  writeFileSync(program, source);
  const lines: string[] = [];
  return { clock: 'recording', dataDirectory: null, program, lines, onLog: (line) => lines.push(line) };
}

const READY = `console.log('starting');
const own = Object.entries(process.env).filter(([name]) => name.startsWith('SHOUWANG_'));
console.log(JSON.stringify({ env: Object.fromEntries(own) }));
console.log('{"ready":true,"http":"http://127.0.0.1:1","mqtt":"mqtt://127.0.0.1:2"}');
setInterval(() => undefined, 1_000);`;

test('ready, with the settings it was given; stopped, and its folder gone', async () => {
  const wanted = options(READY);
  const service = await startService(wanted);
  expect(service).toMatchObject({
    http: 'http://127.0.0.1:1',
    mqtt: 'mqtt://127.0.0.1:2',
    adminLogin: 'admin',
  });
  const { env } = JSON.parse(wanted.lines[1]!) as { env: Record<string, string> };
  expect(env).toMatchObject({
    SHOUWANG_CLOCK: 'recording',
    SHOUWANG_HTTP_PORT: '0',
    SHOUWANG_MQTT_PORT: '0',
    SHOUWANG_READY_JSON: 'yes',
    SHOUWANG_ADMIN_PASSWORD: service.adminPassword,
  });
  const data = env['SHOUWANG_DATA_DIR']!;
  expect(existsSync(data)).toBe(true);
  await service.stop();
  expect(await service.ended).toContain('SIGTERM');
  expect(existsSync(data)).toBe(false);
});

test('a service that ends instead says its last words', async () => {
  const dying = options(`console.error('SHOUWANG_HTTP_PORT: port 80 is taken'); process.exitCode = 2;`);
  await expect(startService(dying)).rejects.toThrow(/exit code 2[\s\S]*SHOUWANG_HTTP_PORT: port 80 is taken/);
});

test('a service that dies later is told apart', async () => {
  const service = await startService(
    options(`${READY}\nsetTimeout(() => { console.log('out of luck'); process.exit(3); }, 50);`),
  );
  expect(await service.ended).toMatch(/exit code 3[\s\S]*out of luck/);
  await service.stop();
});

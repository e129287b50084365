import { expect, test } from 'vitest';
import { helpText } from '#config/document.ts';
import { loadConfig } from '#config/load.ts';
import { environmentName, flagName, OPTION_NAMES, OPTIONS } from '#config/schema.ts';

test('defaults, then environment, then flags', () => {
  expect(loadConfig([], {}).httpPort).toBe(OPTIONS.httpPort.default);
  expect(loadConfig([], { SHOUWANG_HTTP_PORT: '81' }).httpPort).toBe(81);
  expect(loadConfig(['--http-port', '82'], { SHOUWANG_HTTP_PORT: '81' }).httpPort).toBe(82);
  expect(loadConfig(['--allowed-origins=a, b,'], {}).allowedOrigins).toEqual(['a', 'b']);
});

test.each([
  [['--http-port', '99999'], {}, '--http-port: "99999" is not a whole number from 0 to 65535'],
  [['--http-port'], {}, '--http-port: a value is missing'],
  [['--color', 'red'], {}, '--color: there is no such option (see --help)'],
  [[], { SHOUWANG_CLOCK: 'sundial' }, 'SHOUWANG_CLOCK: "sundial" is none of live, recording'],
  [
    [],
    { SHOUWANG_LOG_RETENTION_DAYS: '1.5' },
    'SHOUWANG_LOG_RETENTION_DAYS: "1.5" is not a whole number from 1 to 3650',
  ],
  [[], { SHOUWANG_HTTP_PROT: '1' }, 'SHOUWANG_HTTP_PROT: there is no such option'],
])('a bad option is one line that names it: %s %o', (args, environment, message) => {
  expect(() => loadConfig(args, environment as Record<string, string>)).toThrow(message);
});

test('every option has a name in all three places', () => {
  for (const name of OPTION_NAMES) {
    expect(environmentName(name)).toMatch(/^SHOUWANG_[A-Z_]+$/);
    expect(helpText()).toContain(flagName(name));
  }
});

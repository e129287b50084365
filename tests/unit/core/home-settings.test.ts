// Goal: equal settings are kept once, a number never changes its meaning, and what nobody has any more is forgotten.

import { expect, test } from 'vitest';
import { Engine } from '#core/engine.ts';
import type { RuleSettings } from '#core/model/home.ts';
import { encodeSnapshot, restoreSnapshot } from '#core/snapshot.ts';
import { Words } from '#core/state/column.ts';
import { HomeSettings } from '#core/state/home-settings.ts';
import type { HomeRow } from '#core/state/row.ts';

const STRICT = { inactivity: { dayMs: 60_000 } };
const LOOSE = { inactivity: { dayMs: 120_000 } };

const [FIRST, SECOND, THIRD] = [1, 2, 3] as unknown as readonly [HomeRow, HomeRow, HomeRow];

function settings(): HomeSettings {
  return new HomeSettings({ columns: { settingsIndex: new Words<'home'>(new ArrayBuffer(80), 0) } });
}

function settingsOf({ world }: Engine, home: number): RuleSettings | undefined {
  return world.roster.settings.get(world.roster.homes.row(home));
}

test('equal settings are one object with one number; the defaults are none', () => {
  const pool = settings();
  pool.set(FIRST, STRICT);
  pool.set(SECOND, structuredClone(STRICT));
  pool.set(THIRD, {});
  expect(pool.get(SECOND)).toBe(pool.get(FIRST));
  expect([pool.indexOf(FIRST), pool.indexOf(SECOND), pool.indexOf(THIRD)]).toEqual([1, 1, 0]);
  expect(pool.get(THIRD)).toBeUndefined();
});

test('a number is never given to other settings, also when its own are gone', () => {
  const pool = settings();
  pool.set(FIRST, STRICT);
  pool.set(FIRST, LOOSE);
  expect(pool.image()).toEqual([[2, LOOSE, 1]]);
  pool.set(FIRST, STRICT);
  expect(pool.indexOf(FIRST)).toBe(3);
  pool.set(FIRST, STRICT);
  expect(pool.image()).toEqual([[3, STRICT, 1]]);
});

test('they are in the snapshot once, and changing them afterwards counts on', () => {
  const engine = new Engine();
  const device = { gateway: 1, kind: 'motion', room: 'r', zone: 'other', supervision: 'none' } as const;
  const configure = (of: Engine, home: number, rules: RuleSettings): void => {
    const devices = [{ ...device, device: home, deviceId: `d${home}` }];
    const words = { homeId: `h${home}`, revision: 1, districtCode: '0', timezone: 'UTC', rules, devices };
    const body = {
      type: 'home-configured',
      home: { ...words, home, riskFactor: 1, residents: 1, isWatched: true },
    };
    of.step({ offset: of.offset + 1, atMs: 1, body: body as never });
  };
  configure(engine, 1, STRICT);
  configure(engine, 2, STRICT);
  const text = Buffer.from(encodeSnapshot(engine)).toString('latin1');
  expect(text.split('"dayMs":60000').length - 1).toBe(1);
  const restored = restoreSnapshot(encodeSnapshot(engine));
  expect(settingsOf(restored, 2)).toEqual(STRICT);
  configure(restored, 1, {});
  expect(restored.world.roster.settings.image()).toEqual([[1, STRICT, 1]]);
  configure(restored, 2, LOOSE);
  expect(restored.world.roster.settings.image()).toEqual([[2, LOOSE, 1]]);
});

test('a snapshot of a core that kept the settings of each home apart is read', () => {
  const engine = new Engine();
  const home = { home: 1, homeId: 'h', revision: 1, districtCode: '0', timezone: 'UTC', riskFactor: 1 };
  const body = { ...home, residents: 1, rules: {}, isWatched: true, devices: [] };
  engine.step({ offset: 1, atMs: 1, body: { type: 'home-configured', home: body } });
  const bytes = encodeSnapshot(engine);
  const length = new DataView(bytes.buffer).getUint32(0);
  const { settingsPacks: _packs, ...head } = JSON.parse(
    Buffer.from(bytes.subarray(4, 4 + length)).toString(),
  );
  const old = Buffer.from(JSON.stringify({ ...head, settings: [[1, STRICT]] }));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(old.length);
  const restored = restoreSnapshot(new Uint8Array(Buffer.concat([size, old, bytes.subarray(4 + length)])));
  expect(settingsOf(restored, 1)).toEqual(STRICT);
});

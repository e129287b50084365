// Goal: every AlertStore answers alike. Method: one suite over all adapters; the durable one is also closed
// and opened again, and read by a second connection, to see what is on disk.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import type { Effect } from '#core/model/effect.ts';
import type { AlertQuery, AlertStore } from '#push/alert-store.ts';
import { areaPrefix } from '#push/area.ts';
import { createMemoryAlertStore } from '#push/memory-alert-store.ts';
import { openSqliteAlertStore } from '#push/sqlite-alert-store.ts';
import { isInScope } from '#registry/registry.ts';
import { ELSEWHERE, EPOCH_MS, makeAlert, makeEffect, makeRefusal, WEST_LAKE } from '../support/alerts.ts';

const RESUMABLE = 5;
const EVERYTHING: AlertQuery = {
  scope: null,
  homeId: null,
  handling: null,
  kind: null,
  raisedFromMs: null,
  raisedUntilMs: null,
  after: null,
  limit: 50,
};

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-alerts-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'alerts.db');
}

function openSqlite(file = temporaryFile()): AlertStore {
  const store = openSqliteAlertStore({ file, resumableEffects: RESUMABLE });
  cleanups.push(() => {
    try {
      store.close();
    } catch {
      // The test closed it already.
    }
  });
  return store;
}

const ADAPTERS: readonly [string, () => AlertStore][] = [
  ['memory', () => createMemoryAlertStore({ resumableEffects: RESUMABLE })],
  ['sqlite', () => openSqlite()],
];

/** Five alerts, one second apart, of two homes in two districts. */
function fiveAlerts(): readonly Effect[] {
  return [0, 1, 2, 3, 4].map((i) =>
    makeEffect(
      { offset: 10 + i },
      {
        id: `h${i % 2}~sos~${i}`,
        homeId: `h${i % 2}`,
        kind: i === 3 ? 'smoke' : 'sos',
        districtCode: i % 2 === 0 ? WEST_LAKE : ELSEWHERE,
        raisedAtMs: EPOCH_MS + i * 1000,
        handling: i === 0 ? 'closed' : 'raised',
      },
    ),
  );
}

describe.each(ADAPTERS)('alert store: %s', (_name, open) => {
  it('starts empty', () => {
    const store = open();
    expect(store.recordedOffset()).toBe(0);
    expect(store.get('h1~sos~d1-1')).toBeNull();
    expect(store.list(EVERYTHING)).toEqual({ items: [], next: null });
    expect(store.open()).toEqual([]);
    expect(store.history('h1~sos~d1-1')).toEqual([]);
    expect(store.since('0:0', 10)).toEqual([]);
  });

  it('remembers an offset without effects and never goes back', () => {
    const store = open();
    store.record([], 7);
    store.record([], 9);
    store.record([], 8);
    expect(store.recordedOffset()).toBe(9);
    store.record([makeEffect({ offset: 4 })], 4);
    expect(store.recordedOffset()).toBe(9);
  });

  it('keeps the newest state and every change in order', () => {
    const store = open();
    const raised = makeEffect({ offset: 3 });
    const claim = { staffId: 's1', token: 5, atMs: EPOCH_MS, expiresAtMs: EPOCH_MS + 120_000 };
    const claimed = makeEffect({ offset: 5, change: 'claimed' }, { handling: 'claimed', claim, version: 2 });
    store.record([raised], 3);
    store.record([makeRefusal(5, 1), claimed], 5);
    expect(store.get('h1~sos~d1-1')).toEqual(claimed.type === 'alert' && claimed.alert);
    expect(store.history('h1~sos~d1-1')).toEqual([raised, claimed]);
    expect(store.recordedOffset()).toBe(5);
  });

  it('takes each effect once, however often it is offered', () => {
    const store = open();
    const raised = makeEffect({ offset: 3 });
    const closed = makeEffect({ offset: 4, change: 'closed' }, { handling: 'closed', version: 2 });
    store.record([raised, closed], 4);
    store.record([raised], 3);
    store.record([raised, closed], 4);
    expect(store.history('h1~sos~d1-1')).toHaveLength(2);
    expect(store.get('h1~sos~d1-1')?.handling).toBe('closed');
    // The same place with another content is the same effect: what staff saw is never rewritten.
    store.record([makeEffect({ offset: 4 }, { handling: 'raised', version: 9 })], 4);
    expect(store.get('h1~sos~d1-1')?.version).toBe(2);
  });

  it('never replaces an alert by an older version', () => {
    const store = open();
    store.record([makeEffect({ offset: 8, change: 'closed' }, { handling: 'closed', version: 3 })], 8);
    store.record([makeEffect({ offset: 2 }, { version: 1 })], 8);
    expect(store.get('h1~sos~d1-1')?.version).toBe(3);
    expect(store.open()).toEqual([]);
  });

  it('lists open alerts oldest first', () => {
    const store = open();
    store.record([...fiveAlerts()].reverse(), 14);
    expect(store.open().map((alert) => alert.id)).toEqual(['h1~sos~1', 'h0~sos~2', 'h1~sos~3', 'h0~sos~4']);
  });

  it('pages newest first without repeating or missing one', () => {
    const store = open();
    store.record(fiveAlerts(), 14);
    // Two at the same instant: the id decides.
    store.record([makeEffect({ offset: 15 }, { id: 'h9~sos~x', raisedAtMs: EPOCH_MS + 2000 })], 15);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = store.list({ ...EVERYTHING, after, limit: 2 });
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map((alert) => alert.id));
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(['h0~sos~4', 'h1~sos~3', 'h9~sos~x', 'h0~sos~2', 'h1~sos~1', 'h0~sos~0']);
  });

  it('answers an unknown page key with nothing', () => {
    const store = open();
    store.record(fiveAlerts(), 14);
    expect(store.list({ ...EVERYTHING, after: 'nobody' })).toEqual({ items: [], next: null });
  });

  it.each<[string, Partial<AlertQuery>, readonly number[]]>([
    ['home', { homeId: 'h1' }, [3, 1]],
    ['county scope', { scope: '330106000000' }, [4, 2, 0]],
    ['community scope', { scope: ELSEWHERE }, [3, 1]],
    ['province scope', { scope: '330000000000' }, [4, 3, 2, 1, 0]],
    ['foreign scope', { scope: '440000000000' }, []],
    ['kind', { kind: ['smoke', 'gas'] }, [3]],
    ['handling', { handling: ['closed', 'claimed'] }, [0]],
    ['no kind at all', { kind: [] }, []],
    ['time, half open', { raisedFromMs: EPOCH_MS + 1000, raisedUntilMs: EPOCH_MS + 3000 }, [2, 1]],
  ])('filters by %s', (_what, change, expected) => {
    const store = open();
    store.record(fiveAlerts(), 14);
    const found = store.list({ ...EVERYTHING, ...change }).items;
    expect(found.map((alert) => alert.raisedAtMs)).toEqual(expected.map((i) => EPOCH_MS + i * 1000));
  });

  it('gives exactly what came after a cursor, at every boundary', () => {
    const store = open();
    const effects = [
      makeEffect({ offset: 2 }, { id: 'a' }),
      makeEffect({ offset: 9 }, { id: 'b' }),
      makeEffect({ offset: 9, index: 1 }, { id: 'c' }),
      makeRefusal(10),
      makeEffect({ offset: 11 }, { id: 'd' }),
    ];
    store.record(effects, 11);
    expect(store.since('0:0', 10)).toEqual(effects);
    expect(store.since('2:0', 10)).toEqual(effects.slice(1));
    expect(store.since('5:3', 10)).toEqual(effects.slice(1));
    expect(store.since('9:0', 10)).toEqual(effects.slice(2));
    expect(store.since('9:1', 10)).toEqual(effects.slice(3));
    expect(store.since('11:0', 10)).toEqual([]);
    expect(store.since('0:0', 2)).toEqual(effects.slice(0, 2));
  });

  it('answers null when more was missed than is kept, and for what is no cursor', () => {
    const store = open();
    const effects = [1, 2, 3, 4, 5, 6].map((offset) => makeEffect({ offset }, { id: `a${offset}` }));
    store.record(effects, 6);
    expect(store.since('0:0', 10)).toBeNull();
    expect(store.since('1:0', 10)).toHaveLength(RESUMABLE);
    for (const text of ['', '1', '1:', ':1', '1:0:0', '-1:0', '1e3:0', 'x', '9'.repeat(20)]) {
      expect(store.since(text, 10)).toBeNull();
    }
  });
});

describe('alert store: sqlite on disk', () => {
  it('has everything again after it was closed', () => {
    const file = temporaryFile();
    const store = openSqlite(file);
    store.record(fiveAlerts(), 14);
    store.record([], 20);
    store.close();
    const again = openSqlite(file);
    expect(again.recordedOffset()).toBe(20);
    expect(again.open()).toHaveLength(4);
    expect(again.since('13:0', 10)).toEqual(fiveAlerts().slice(4));
  });

  it('writes nothing for a batch without effects until it is flushed', () => {
    const file = temporaryFile();
    const store = openSqlite(file);
    const other = new DatabaseSync(file, { readOnly: true });
    cleanups.push(() => other.close());
    const onDisk = (): unknown =>
      other.prepare('SELECT recorded_offset FROM position').get()?.['recorded_offset'];
    store.record([], 30);
    expect(onDisk()).toBe(0);
    store.flush();
    expect(onDisk()).toBe(30);
    expect(store.recordedOffset()).toBe(30);
  });

  it('flush brings all of it into the database file itself', () => {
    const file = temporaryFile();
    const store = openSqlite(file);
    store.record(fiveAlerts(), 14);
    store.flush();
    // Without its WAL the copy holds only what a checkpoint wrote and synced.
    const copy = new DatabaseSync(`file:${file}?immutable=1`, { readOnly: true });
    cleanups.push(() => copy.close());
    expect(copy.prepare('SELECT count(*) AS n FROM alerts').get()?.['n']).toBe(5);
  });

  it('flushes although a reader holds the checkpoint back, and commits without syncing afterwards', () => {
    const file = temporaryFile();
    const store = openSqlite(file);
    store.record([makeEffect({ offset: 1 })], 1);
    const reader = new DatabaseSync(file, { readOnly: true });
    cleanups.push(() => reader.close());
    reader.exec('BEGIN');
    const count = (): unknown => reader.prepare('SELECT count(*) AS n FROM alerts').get()?.['n'];
    expect(count()).toBe(1);
    store.record([makeEffect({ offset: 2 }, { id: 'b' })], 2);
    store.flush();
    expect(count()).toBe(1);
    reader.exec('COMMIT');
    expect(count()).toBe(2);
  });

  it('rolls a failed batch back whole, so that it can be offered again', () => {
    const store = openSqlite();
    const bad = makeEffect({ offset: 2 }, { id: 'b', districtCode: null as unknown as string });
    expect(() => store.record([makeEffect({ offset: 1 }), bad], 2)).toThrow();
    expect(store.recordedOffset()).toBe(0);
    expect(store.get(makeAlert().id)).toBeNull();
    store.record([makeEffect({ offset: 1 })], 2);
    expect(store.get(makeAlert().id)).not.toBeNull();
  });

  it('refuses a file written by a newer program', () => {
    const file = temporaryFile();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openSqlite(file)).toThrow(/version 99/);
  });
});

describe('area of a district', () => {
  it.each([null, '330000000000', '330100000000', '330106000000', '330106001000', WEST_LAKE])(
    'agrees with the registry for scope %s',
    (scope) => {
      for (const code of [WEST_LAKE, ELSEWHERE, '330106002001', '440000000000', '331000000000']) {
        expect(code.startsWith(areaPrefix(scope))).toBe(isInScope(scope, code));
      }
    },
  );
});

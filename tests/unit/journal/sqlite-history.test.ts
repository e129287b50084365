// Goal: though a thread reads ahead, a back-test gets the entries of the log, all of its sources and in order, wherever
// it goes on reading; and what is wrong with the file reaches it as an error, at once and not as a hole.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIMITS } from '#config/limits.ts';
import type { Entry } from '#core/model/entry.ts';
import type { LogHistory } from '#journal/history.ts';
import type { Draft, EventLog } from '#journal/journal.ts';
import { openSqliteHistory } from '#journal/sqlite-history.ts';
import { draft, type FolderOfLogs, folderOfLogs } from '../../support/log-samples.ts';

/** Several slices. */
const READINGS = 4_500;
const TICK: Draft = { body: { type: 'tick' }, identity: null };
const VALUES = [true, 71.5, null, '按钮', 'sos', { systolicMmhg: 120, diastolicMmhg: 80 }];

let logs: FolderOfLogs;
let log: EventLog;
let all: readonly Entry[];
const file = (): string => join(logs.folder, 'data', 'journal.db');

beforeAll(async () => {
  logs = folderOfLogs();
  log = await logs.open({ limits: LIMITS });
  await log.append(Array.from({ length: READINGS }, (_, i) => sample(i)));
  all = await readAll();
});
afterAll(() => logs.dispose());

/** Of five sources, some without an identity, a tick now and then. */
function sample(i: number): Draft {
  if (i % 9 === 0) return TICK;
  const { body, identity } = draft(i % 7 === 0 ? null : `event-${i}-of-a-long-name`, { source: (i % 5) + 1 });
  const value = VALUES[i % VALUES.length] as string;
  return { body: { ...body, kind: `kind-${i % 3}`, value } as typeof body, identity };
}

async function readAll(): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let after = 0; after < log.position().lastOffset; after = entries.at(-1)!.offset)
    entries.push(...(await log.read(0, after, 10_000)));
  return entries;
}

function wanted(after: number, last: number, sources: readonly number[] | null): Entry[] {
  return all.filter(({ offset, body }) => {
    if (offset <= after || offset > last || body.type === 'tick') return false;
    if (sources === null || body.type !== 'observation' || body.eventId === null) return true;
    return sources.includes(body.device!);
  });
}

function readFrom(history: LogHistory, after: number, last: number, sources: readonly number[] | null) {
  const entries: Entry[] = [];
  while (after < last) {
    const slice = history.slice(after, last, sources);
    for (let index = 0; index < slice.count; index++) entries.push(slice.entry(index));
    expect(slice.upToOffset).toBeGreaterThan(after);
    after = slice.upToOffset;
  }
  return entries;
}

function withHistory(use: (history: LogHistory) => void): void {
  const history = openSqliteHistory(file());
  try {
    use(history);
  } finally {
    history.close();
  }
}

test.each([[null], [[2, 4]], [[]]])('all entries of the sources %j, in order, without ticks', (sources) => {
  withHistory((history) => {
    const { firstOffset, lastOffset } = history.span()!;
    expect([firstOffset, lastOffset]).toEqual([1, READINGS]);
    expect(readFrom(history, 0, lastOffset, sources)).toEqual(wanted(0, lastOffset, sources));
  });
});

test('who goes on elsewhere, or asks for other sources, gets nothing of what was read ahead', () => {
  withHistory((history) => {
    history.slice(0, READINGS, [1]);
    expect(history.slice(700, READINGS, [1]).entry(0)).toEqual(wanted(700, READINGS, [1])[0]);
    const others = [3];
    expect(readFrom(history, 1_234, 4_000, others)).toEqual(wanted(1_234, 4_000, others));
    expect(readFrom(history, 0, 10, null)).toEqual(wanted(0, 10, null));
  });
});

test('a body that is not what was written is an error that names it', async () => {
  const place = 3_001;
  const db = new DatabaseSync(file());
  db.prepare(`UPDATE entry SET body = '[1,2,"d' WHERE offset = ?`).run(place);
  db.close();
  withHistory((history) => {
    expect(() => readFrom(history, 0, READINGS, null)).toThrow(
      `journal.db: entry ${place} is not what was written`,
    );
  });
});

test('what is trimmed away while somebody reads is an error and no hole', async () => {
  await log.trim(0, 2_000);
  withHistory((history) => {
    const { upToOffset } = history.slice(2_000, 5_000, null);
    expect(() => history.slice(0, READINGS, null)).toThrow('offset 1 is trimmed');
    // The thread lives on: what is there can be read, also where reading stood before.
    expect(history.slice(upToOffset, 5_000, null).entry(0)).toEqual(wanted(upToOffset, 5_000, null)[0]);
    expect(history.slice(2_000, 2_500, null).entry(0)).toEqual(wanted(2_000, READINGS, null)[0]);
  });
});

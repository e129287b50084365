// Goal: both logs keep the contract of `EventLog`. Method: one suite over adapters; what only a disk can do is behind
// the capability `survivesReopen`. `block` makes the next commits fail the way a full or locked disk does.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '#core/model/entry.ts';
import type { EventLog, Receipt } from '#journal/journal.ts';
import { LogError } from '#journal/log-error.ts';
import { createMemoryLog } from '#journal/memory.ts';
import {
  draft,
  folderOfLogs,
  outcomeOf,
  refusedFrame,
  SetClock,
  SMALL_LIMITS,
} from '../support/log-samples.ts';

interface Adapter {
  readonly log: EventLog;
  readonly clock: SetClock;
  readonly fatal: Error[];
  /** Commits fail, recoverably, until the returned function is called. */
  block(): () => void;
  /** Closes and opens again. */
  reopen: (() => Promise<EventLog>) | null;
  dispose(): Promise<void>;
}

async function memoryAdapter(): Promise<Adapter> {
  const clock = new SetClock();
  const fatal: Error[] = [];
  let isBlocked = false;
  const log = createMemoryLog({
    clock,
    limits: SMALL_LIMITS,
    onFatal: (error) => fatal.push(error),
    disk: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      if (isBlocked) throw new LogError('log-full', 'no space');
    },
  });
  const block = () => {
    isBlocked = true;
    return () => {
      isBlocked = false;
    };
  };
  return { log, clock, fatal, block, reopen: null, dispose: () => log.close() };
}

async function sqliteAdapter(): Promise<Adapter> {
  const clock = new SetClock();
  const logs = folderOfLogs();
  const open = () => logs.open({ clock, busyTimeoutMs: 20 });
  let log = await open();
  const block = () => {
    const other = new DatabaseSync(join(logs.folder, 'data', 'journal.db'));
    other.exec('BEGIN IMMEDIATE');
    return () => other.close();
  };
  const reopen = async () => {
    await log.close();
    log = await open();
    return log;
  };
  return { log, clock, fatal: logs.fatal, block, reopen, dispose: logs.dispose };
}

const ADAPTERS = [
  { name: 'memory', create: memoryAdapter },
  { name: 'sqlite', create: sqliteAdapter },
];

async function idsIn(log: EventLog): Promise<unknown[]> {
  const entries = await log.read(0, log.position().firstOffset - 1, 1000);
  return entries.map(({ body }) => body.type === 'observation' && body.eventId);
}

const offsets = (entries: readonly { offset: number | null }[]) => entries.map(({ offset }) => offset);

describe.each(ADAPTERS)('EventLog: $name', ({ create }) => {
  let adapter: Adapter;
  let log: EventLog;
  beforeEach(async () => {
    adapter = await create();
    log = adapter.log;
  });
  afterEach(() => adapter.dispose());

  describe('places', () => {
    test('an empty log begins at offset 1', async () => {
      expect(log.position()).toEqual({ firstOffset: 1, lastOffset: 0, lastAtMs: 0 });
      expect(await log.read(0, 0, 10)).toEqual([]);
      expect(await log.append([])).toEqual([]);
    });

    test('offsets are given in call order, without gaps, and are read back with the same bodies', async () => {
      const drafts = Array.from({ length: 130 }, (_, i) => draft(`id-${i}`));
      const receipts = await Promise.all(drafts.map((each) => log.append([each])));
      expect(receipts.flat()).toEqual(drafts.map((_, i) => ({ offset: i + 1, isDuplicate: false })));
      const entries = await log.read(0, 0, 1000);
      expect(entries).toEqual(drafts.map(({ body }, i) => ({ offset: i + 1, atMs: 1_000_000, body })));
    });

    test('time is given at append and never decreases', async () => {
      await log.append([draft('a')]);
      adapter.clock.atMs += 500;
      const later = log.append([draft('b')]);
      adapter.clock.atMs -= 2_000;
      await log.append([draft('c')]);
      await later;
      const times = (await log.read(0, 0, 10)).map(({ atMs }) => atMs);
      expect(times).toEqual([1_000_000, 1_000_500, 1_000_500]);
      expect(log.position().lastAtMs).toBe(1_000_500);
    });

    test('an append larger than a commit stays whole', async () => {
      const drafts = Array.from({ length: 120 }, (_, i) => draft(`id-${i}`));
      const sizes: number[] = [];
      log.onDurable((entries) => sizes.push(entries.length));
      const before = log.append([draft('before')]);
      const receipts = await log.append(drafts);
      await before;
      expect(offsets(receipts)).toEqual(drafts.map((_, i) => i + 2));
      expect(sizes).toEqual([1, 120]);
    });

    test('a body that cannot be written rejects its append alone and takes no place', async () => {
      const circular: Record<string, unknown> = {};
      circular['self'] = circular;
      const bad = { body: circular, identity: { source: 7, id: 'bad', withinMs: null } };
      const appends = [
        log.append([draft('a')]),
        log.append([draft('x'), bad as never]),
        log.append([draft('x')]),
      ];
      expect(await outcomeOf(appends[1]!)).toContain('circular');
      expect(await appends[2]).toEqual([{ offset: 2, isDuplicate: false }]);
      expect(await idsIn(log)).toEqual(['a', 'x']);
    });
  });

  describe('durability', () => {
    test('listener first, then the appends, all in order; nothing readable before', async () => {
      const seen: string[] = [];
      log.onDurable((entries) => seen.push(`durable ${offsets(entries)}`));
      const appends = ['a', 'b', 'c'].map((id) => log.append([draft(id)]).then(() => seen.push(id)));
      expect(log.pendingCount()).toBe(3);
      expect(log.position().lastOffset).toBe(0);
      expect(await log.read(0, 0, 10)).toEqual([]);
      await Promise.all(appends);
      expect(seen).toEqual(['durable 1,2,3', 'a', 'b', 'c']);
      expect(log.pendingCount()).toBe(0);
    });

    test('appends resolve in call order across commits, duplicates among them', async () => {
      const order: number[] = [];
      const calls = Array.from({ length: 200 }, (_, i) =>
        draft(i % 3 === 0 ? 'same' : `id-${i}`, { source: i % 2 }),
      );
      await Promise.all(calls.map((each, i) => log.append([each]).then(() => order.push(i))));
      expect(order).toEqual(calls.map((_, i) => i));
    });

    test('the listener gets the very entries, and may append itself', async () => {
      const heard: Entry[] = [];
      const inner: Promise<readonly Receipt[]>[] = [];
      log.onDurable((entries) => {
        heard.push(...entries);
        if (heard.length === 1) inner.push(log.append([{ body: { type: 'tick' }, identity: null }]));
      });
      const first = draft('a');
      await log.append([first]);
      expect(await inner[0]).toEqual([{ offset: 2, isDuplicate: false }]);
      expect(heard[0]?.body).toBe(first.body);
      expect(heard).toEqual(await log.read(0, 0, 10));
      expect(() => log.onDurable(() => {})).toThrow('one consumer');
    });

    test('a listener that throws ends the log: nothing resolves, fatal once', async () => {
      log.onDurable(() => {
        throw new Error('the core is broken');
      });
      const appends = [log.append([draft('a')]), log.append([draft('b')])];
      const later = new Promise((resolve) => setImmediate(resolve)).then(() => log.append([draft('c')]));
      for (const each of [...appends, later]) expect(await outcomeOf(each)).toBe('log-failed');
      expect(await outcomeOf(log.append([draft('d')]))).toBe('log-failed');
      expect(await outcomeOf(log.keepRefused(refusedFrame('t')))).toBe('log-failed');
      expect(adapter.fatal.map(({ message }) => message)).toEqual(['the core is broken']);
    });

    test('a failed commit takes everything behind it along; the log goes on without a gap', async () => {
      await log.append([draft('kept')]);
      const unblock = adapter.block();
      // More than one commit's worth, so that some are queued behind the failing one.
      const ids = Array.from({ length: 120 }, (_, i) => `lost-${i}`);
      const rejected: string[] = [];
      const appends = ids.map((id) =>
        log.append([draft(id)]).catch((error: LogError) => {
          if (error.isRecoverable) rejected.push(id);
        }),
      );
      const duplicate = log.append([draft('lost-0')]);
      expect(await outcomeOf(duplicate)).toMatch(/log-(full|busy)/);
      await Promise.all(appends);
      expect(rejected).toEqual(ids);
      expect(log.pendingCount()).toBe(0);
      unblock();
      expect(await log.append([draft('next')])).toEqual([{ offset: 2, isDuplicate: false }]);
      expect(await idsIn(log)).toEqual(['kept', 'next']);
      expect(adapter.fatal).toEqual([]);
    });

    test('what was rejected and is sent again is no duplicate', async () => {
      const unblock = adapter.block();
      expect(await outcomeOf(log.append([draft('sos')]))).toMatch(/log-(full|busy)/);
      unblock();
      expect(await log.append([draft('sos')])).toEqual([{ offset: 1, isDuplicate: false }]);
      expect(await log.append([draft('sos')])).toEqual([{ offset: null, isDuplicate: true }]);
    });

    test('a rejected append pushes nothing out of the window', async () => {
      for (const id of ['a', 'b', 'c', 'd']) await log.append([draft(id)]);
      const unblock = adapter.block();
      await outcomeOf(log.append([draft('e'), draft('f')]));
      unblock();
      expect(await log.append([draft('a')])).toEqual([{ offset: null, isDuplicate: true }]);
    });
  });

  describe('duplicates', () => {
    test('of a durable entry: not stored', async () => {
      await log.append([draft('a')]);
      expect(await log.append([draft('a')])).toEqual([{ offset: null, isDuplicate: true }]);
      expect(log.position().lastOffset).toBe(1);
    });

    test('of an entry on its way: names it, and resolves after it is durable', async () => {
      const durable: number[] = [];
      log.onDurable((entries) => durable.push(entries.at(-1)!.offset));
      const first = log.append([draft('a')]);
      const second = log.append([draft('a')]).then((receipts) => ({ receipts, durable: [...durable] }));
      expect(await second).toEqual({ receipts: [{ offset: 1, isDuplicate: true }], durable: [1] });
      expect(await first).toEqual([{ offset: 1, isDuplicate: false }]);
    });

    test('of an entry in the commit that is under way: resolves after it all the same', async () => {
      const order: string[] = [];
      const first = log.append([draft('a')]).then(() => order.push('first'));
      await new Promise((resolve) => setImmediate(resolve));
      const second = log.append([draft('a')]).then(() => order.push('second'));
      await Promise.all([first, second]);
      expect(order).toEqual(['first', 'second']);
    });

    test('inside one append', async () => {
      const receipts = await log.append([draft('a'), draft('b'), draft('a'), draft(null), draft(null)]);
      expect(receipts.map(({ isDuplicate }) => isDuplicate)).toEqual([false, false, true, false, false]);
      expect(offsets(receipts)).toEqual([1, 2, 1, 3, 4]);
      expect(await idsIn(log)).toEqual(['a', 'b', null, null]);
    });

    test('only of the same source; a source may be negative', async () => {
      const receipts = await log.append([draft('a', { source: 3 }), draft('a', { source: -3 }), draft('a')]);
      expect(offsets(receipts)).toEqual([1, 2, 3]);
    });

    test('a weak identity counts for its time only, on its way and durable', async () => {
      const weak = () => draft('seq-1', { withinMs: 1_000 });
      const appends = [log.append([weak()])];
      adapter.clock.atMs += 1_000;
      appends.push(log.append([weak()]));
      adapter.clock.atMs += 1;
      appends.push(log.append([weak()]));
      const receipts = (await Promise.all(appends)).flat();
      expect(receipts.map(({ isDuplicate }) => isDuplicate)).toEqual([false, true, false]);
      adapter.clock.atMs += 1_000;
      expect((await log.append([weak()]))[0]?.isDuplicate).toBe(true);
      adapter.clock.atMs += 1;
      expect((await log.append([weak()]))[0]?.isDuplicate).toBe(false);
    });

    test('the window holds the last ones of each source', async () => {
      for (const id of ['a', 'b', 'c', 'd']) await log.append([draft(id)]);
      await log.append([draft('other', { source: 8 })]);
      expect((await log.append([draft('a')]))[0]?.isDuplicate).toBe(true);
      await log.append([draft('e')]);
      expect((await log.append([draft('b')]))[0]?.isDuplicate).toBe(true);
      expect((await log.append([draft('a')]))[0]?.isDuplicate).toBe(false);
    });
  });

  describe('reading and trimming', () => {
    beforeEach(async () => {
      await log.append(Array.from({ length: 450 }, (_, i) => draft(`id-${i}`)));
    });

    test('resumes at any offset, at most `limit`', async () => {
      expect(offsets(await log.read(0, 0, 3))).toEqual([1, 2, 3]);
      expect(offsets(await log.read(0, 447, 10))).toEqual([448, 449, 450]);
      expect(await log.read(0, 0, 450)).toHaveLength(450);
      expect(await log.read(0, 450, 10)).toEqual([]);
      expect(await log.read(0, 9_000, 10)).toEqual([]);
      expect(await log.read(0, 0, 0)).toEqual([]);
      expect(await outcomeOf(log.read(1, 0, 10))).toBe('no-such-partition');
    });

    test('works while appends go on', async () => {
      const appends = Array.from({ length: 100 }, (_, i) => log.append([draft(`more-${i}`)]));
      const entries = await log.read(0, 0, 450);
      expect(offsets(entries)).toEqual(Array.from({ length: 450 }, (_, i) => i + 1));
      await Promise.all(appends);
      expect(await log.read(0, 450, 1000)).toHaveLength(100);
    });

    test('what is trimmed is refused, the rest stays, offsets go on', async () => {
      const trim = log.trim(0, 420);
      const meanwhile = log.append([draft('meanwhile')]);
      await trim;
      await meanwhile;
      expect(log.position()).toMatchObject({ firstOffset: 421, lastOffset: 451 });
      expect(await outcomeOf(log.read(0, 419, 10))).toBe('offset-trimmed');
      expect(offsets(await log.read(0, 420, 2))).toEqual([421, 422]);
      await log.trim(0, 100);
      expect(log.position().firstOffset).toBe(421);
      await log.trim(0, 1_000_000);
      expect(log.position()).toMatchObject({ firstOffset: 452, lastOffset: 451 });
      expect(await log.read(0, 451, 10)).toEqual([]);
      expect(offsets(await log.append([draft('after')]))).toEqual([452]);
      expect(offsets(await log.read(0, 451, 10))).toEqual([452]);
    });

    test('what is trimmed is still known to the window', async () => {
      await log.trim(0, 450);
      expect(await log.append([draft('id-449')])).toEqual([{ offset: null, isDuplicate: true }]);
    });
  });

  describe('refused frames', () => {
    test('newest first, filtered, in pages, with the bytes as they were', async () => {
      const frame = refusedFrame('t1');
      const kept = log.keepRefused(frame);
      frame.payload.fill(0);
      await kept;
      await Promise.all([
        log.keepRefused(refusedFrame('t2', 'gw-2')),
        log.keepRefused(refusedFrame('t3', null, 'too-large')),
        log.keepRefused(refusedFrame('t4')),
      ]);
      const query = { gatewayId: null, reason: null, beforeId: null, limit: 10 };
      const all = await log.refused(query);
      expect(all.map(({ topic }) => topic)).toEqual(['t4', 't3', 't2', 't1']);
      const { id, payload, ...rest } = all[3]!;
      expect(Buffer.from(payload).toString()).toBe('payload of t1');
      const { payload: _, ...expected } = refusedFrame('t1');
      expect(rest).toEqual(expected);
      const topicsOf = async (part: Partial<typeof query> & object) =>
        (await log.refused({ ...query, ...part })).map(({ topic }) => topic);
      expect(await topicsOf({ gatewayId: 'gw-1' } as never)).toEqual(['t4', 't1']);
      expect(await topicsOf({ reason: 'too-large' } as never)).toEqual(['t3']);
      expect(await topicsOf({ beforeId: all[1]!.id, limit: 1 } as never)).toEqual(['t2']);
      expect(id).toBeLessThan(all[2]!.id);
    });

    test('bounded: the oldest go first, also before they are stored', async () => {
      const frames = Array.from({ length: 12 }, (_, i) => refusedFrame(`t${i}`));
      await Promise.all(frames.map((frame) => log.keepRefused(frame)));
      await log.keepRefused(refusedFrame('last'));
      const topics = (await log.refused({ gatewayId: null, reason: null, beforeId: null, limit: 100 })).map(
        ({ topic }) => topic,
      );
      expect(topics).toEqual(['last', 't11', 't10', 't9', 't8']);
    });

    test('rejected like an append when the disk is full, and never in the way of one', async () => {
      const unblock = adapter.block();
      expect(await outcomeOf(log.keepRefused(refusedFrame('t')))).toMatch(/log-(full|busy)/);
      unblock();
      const [receipts] = await Promise.all([log.append([draft('a')]), log.keepRefused(refusedFrame('t'))]);
      expect(offsets(receipts)).toEqual([1]);
    });
  });

  describe('closing', () => {
    test('settles what was taken, takes no more', async () => {
      const appends = Array.from({ length: 120 }, (_, i) => log.append([draft(`id-${i}`)]));
      const closed = Promise.all([log.close(), log.close()]);
      expect(await outcomeOf(log.append([draft('late')]))).toBe('log-closed');
      await closed;
      expect((await Promise.all(appends)).at(-1)).toEqual([{ offset: 120, isDuplicate: false }]);
    });
  });

  test('any interleaving of appends and waits gives the log of a simple model', async () => {
    // Fewer identities than the window holds, so that the model needs none: an identity is stored once.
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 5 }) },
      { weight: 2, arbitrary: fc.constant('settle' as const) },
      { weight: 1, arbitrary: fc.constant('turn' as const) },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        round += 1;
        const start = log.position().lastOffset;
        const model: string[] = [];
        const appends: Promise<readonly Receipt[]>[] = [];
        const expected: boolean[][] = [];
        for (const each of steps) {
          if (each === 'settle') await Promise.all(appends);
          else if (each === 'turn') await new Promise((resolve) => setImmediate(resolve));
          else {
            const names = each.map(([source, id]) => ({
              source: round * 10 + source,
              id: `${round * 10 + source}/${id}`,
            }));
            expected.push(
              names.map(({ id }) => !model.includes(id) && model.push(id) > 0).map((isNew) => !isNew),
            );
            appends.push(log.append(names.map(({ source, id }) => draft(id, { source }))));
          }
        }
        const receipts = await Promise.all(appends);
        expect(receipts.map((list) => list.map(({ isDuplicate }) => isDuplicate))).toEqual(expected);
        const entries = await log.read(0, start, 1000);
        expect(entries.map(({ body }) => body.type === 'observation' && body.eventId)).toEqual(model);
        expect(offsets(entries)).toEqual(model.map((_, i) => start + 1 + i));
      }),
      { numRuns: 60 },
    );
  });
});

describe('EventLog: sqlite, opened again', () => {
  let adapter: Adapter;
  beforeEach(async () => {
    adapter = await sqliteAdapter();
  });
  afterEach(() => adapter.dispose());

  test('entries, position, window and refused frames are there', async () => {
    await adapter.log.append(['a', 'b', 'c'].map((id) => draft(id)));
    await adapter.log.append([draft('weak', { source: -4, withinMs: 1_000 })]);
    await adapter.log.keepRefused(refusedFrame('t1'));
    const before = await adapter.log.read(0, 0, 10);
    adapter.clock.atMs -= 500_000;
    const log = await adapter.reopen!();
    expect(await log.read(0, 0, 10)).toEqual(before);
    expect(log.position()).toEqual({ firstOffset: 1, lastOffset: 4, lastAtMs: 1_000_000 });
    expect(await log.append([draft('b'), draft('d')])).toEqual([
      { offset: null, isDuplicate: true },
      { offset: 5, isDuplicate: false },
    ]);
    adapter.clock.atMs = 1_001_000;
    const again = [
      draft('weak', { source: -4, withinMs: 1_000 }),
      draft('weak', { source: -4, withinMs: 999 }),
    ];
    expect((await log.append(again)).map(({ isDuplicate }) => isDuplicate)).toEqual([true, false]);
    await log.keepRefused(refusedFrame('t2'));
    const refused = await log.refused({ gatewayId: null, reason: null, beforeId: null, limit: 9 });
    expect(refused.map(({ topic }) => topic)).toEqual(['t2', 't1']);
  });

  test('an emptied log goes on where it was', async () => {
    await adapter.log.append(['a', 'b'].map((id) => draft(id)));
    await adapter.log.trim(0, 2);
    const log = await adapter.reopen!();
    expect(log.position()).toEqual({ firstOffset: 3, lastOffset: 2, lastAtMs: 1_000_000 });
    expect(offsets(await log.append([draft('c')]))).toEqual([3]);
    expect(await outcomeOf(log.read(0, 1, 10))).toBe('offset-trimmed');
  });
});

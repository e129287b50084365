// Goal: the raster never shows "nobody could have told" as quiet, its days are days of the home's calendar, and what
// is fetched for it gives way. The pictures are looked at in tests/e2e/console-history.test.ts.

import { describe, expect, it, vi } from 'vitest';

import type { Answer } from '#console/api.ts';
import { chartsOf, type TelemetryAnswer } from '#console/history/chart-model.ts';
import { createHistoryLoader } from '#console/history/history-loader.ts';
import { historySpan, nextCellMs, rangeWith } from '#console/history/history-span.ts';
import { followLive, type LiveSource } from '#console/history/live-tail.ts';
import {
  type ActivityAnswer,
  createSignFilter,
  rasterRows,
  runsOf,
  toldUnseen,
  withSign,
} from '#console/history/raster-model.ts';
import { dayStartMs, localMs, timeMarks, usableZone, zonedInstant } from '#console/history/zone-clock.ts';
import { until } from '../../support/until.ts';

const HOUR_MS = 3_600_000;
const MADRID = 'Europe/Madrid';
const at = (text: string): number => Date.parse(text);

function answerOf(counts: number[], noData: boolean[], change: Partial<ActivityAnswer> = {}): ActivityAnswer {
  const toMs = counts.length * HOUR_MS;
  const rooms = [{ room: 'kitchen', counts, noData }];
  return { fromMs: 0, toMs, stepMs: HOUR_MS, rooms, unseen: [], writtenUntilMs: 0, ...change };
}

describe('raster', () => {
  it('tells quiet, unseen and active apart, and strength by the hour', () => {
    const [row] = rasterRows(answerOf([0, 0, 1, 12, 13, 49], [false, true, false, false, false, false]));
    expect(row?.cells).toEqual(['quiet', 'unseen', 'active-1', 'active-1', 'active-2', 'active-3']);
    expect(row).toMatchObject({ signCount: 75, lastSignAtMs: 5 * HOUR_MS, unseenMs: HOUR_MS });
  });

  it('shows what was heard in a cell that was mostly unseen', () => {
    expect(rasterRows(answerOf([2], [true]))[0]).toMatchObject({ cells: ['active-1'], unseenMs: 0 });
  });

  it('takes a cell of which the answer says nothing for unseen', () => {
    expect(rasterRows(answerOf([0, 0], [false]))[0]?.cells).toEqual(['quiet', 'unseen']);
  });

  it('counts of the last cell only what is over', () => {
    const answer = answerOf([0, 0], [false, true], { toMs: HOUR_MS + 60_000 });
    expect(rasterRows(answer)[0]?.unseenMs).toBe(60_000);
  });

  it('knows no last sign when there was none', () => {
    expect(rasterRows(answerOf([0], [false]))[0]?.lastSignAtMs).toBeNull();
  });

  it('joins neighbours of one look, and loses no cell', () => {
    expect(runsOf(['quiet', 'quiet', 'unseen', 'quiet'])).toEqual([
      { cell: 'quiet', from: 0, to: 2 },
      { cell: 'unseen', from: 2, to: 3 },
      { cell: 'quiet', from: 3, to: 4 },
    ]);
    expect(runsOf([])).toEqual([]);
  });

  it('tells of what was unseen, latest first, but not of seconds', () => {
    const span = (fromMs: number, toMs: number) => ({
      ...{ fromMs, toMs, reason: 'service-down' as const, gatewayId: null, deviceId: null },
    });
    const unseen = [span(0, 70_000), span(80_000, 90_000), span(90_000, 200_000)];
    expect(toldUnseen(answerOf([0], [true], { unseen })).map(({ fromMs }) => fromMs)).toEqual([90_000, 0]);
  });
});

describe('live readings in the raster', () => {
  const reading = (kind: string, value: unknown, deviceId = 'd1') => ({
    ...{ gatewayId: 'g', deviceId, kind, atMs: 1, value },
  });

  it('counts edges and presses, and not a door that merely reports itself or a test call of the button', () => {
    const signs = createSignFilter();
    const heard = [
      reading('motion', true),
      reading('motion', true),
      reading('motion', false),
      reading('motion', true),
      reading('contact', false),
      reading('contact', false),
      reading('contact', true),
      reading('temperature_c', 20),
      reading('motion', true, 'd2'),
      reading('button', 'checkin', 'd3'),
      reading('button', 'checkin', 'd3'),
      reading('button', 'test', 'd3'),
    ];
    expect(heard.map((one) => signs.isSign(one))).toEqual([
      ...[true, false, false, true],
      ...[false, false, true, false, true],
      ...[true, true, false],
    ]);
  });

  it('adds a sign to its cell and room, and to nothing else', () => {
    const answer = answerOf([0, 0], [true, true], { writtenUntilMs: 10, toMs: HOUR_MS + 1 });
    const more = withSign(answer, 'kitchen', HOUR_MS + 5);
    expect(rasterRows(more)[0]?.cells).toEqual(['unseen', 'active-1']);
    expect(rasterRows(answer)[0]?.cells).toEqual(['unseen', 'unseen']);
    // In the answer already; of another room; of a cell that it does not have; before it.
    for (const [room, atMs] of [
      ['kitchen', 10],
      ['attic', 20],
      ['kitchen', 2 * HOUR_MS],
      ['kitchen', -1],
    ] as const)
      expect(withSign(answer, room, atMs)).toBe(answer);
  });
});

describe('calendar of the home', () => {
  it('begins days at midnight there, also across a change of the clocks', () => {
    // 2026-03-29 02:00 → 03:00, 2026-10-25 03:00 → 02:00.
    expect(dayStartMs(at('2026-03-29T12:00:00Z'), MADRID)).toBe(at('2026-03-28T23:00:00Z'));
    expect(dayStartMs(at('2026-03-29T22:30:00Z'), MADRID)).toBe(at('2026-03-29T22:00:00Z'));
    expect(dayStartMs(at('2026-10-25T12:00:00Z'), MADRID)).toBe(at('2026-10-24T22:00:00Z'));
    expect(dayStartMs(at('2026-10-28T12:00:00Z'), MADRID, 6)).toBe(at('2026-10-21T22:00:00Z'));
  });

  it('knows hours that come twice or never, and a midnight that never comes', () => {
    expect(zonedInstant(at('2026-10-25T02:30:00Z'), MADRID)).toBe(at('2026-10-25T00:30:00Z'));
    expect(localMs(zonedInstant(at('2026-03-29T02:00:00Z'), MADRID), MADRID)).toBe(
      at('2026-03-29T03:00:00Z'),
    );
    // Santiago jumps from 24:00 to 01:00 on 2026-09-06.
    const day = dayStartMs(at('2026-09-06T15:00:00Z'), 'America/Santiago');
    expect(day).toBe(at('2026-09-06T04:00:00Z'));
  });

  it('marks every third hour once, on days of 23 and 25 hours as well', () => {
    const marksOf = (from: string, to: string) =>
      timeMarks({ fromMs: at(from), toMs: at(to), everyHours: 3, timeZone: MADRID });
    const short = marksOf('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z');
    expect(short.map(({ atMs }) => new Date(localMs(atMs, MADRID)).getUTCHours())).toEqual([
      ...[0, 3, 6, 9, 12, 15, 18, 21, 0],
    ]);
    expect(short.map(({ isMidnight }) => isMidnight).filter(Boolean)).toHaveLength(2);
    expect((short[1]!.atMs - short[0]!.atMs) / HOUR_MS).toBe(2);
    const long = marksOf('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z');
    expect((long[1]!.atMs - long[0]!.atMs) / HOUR_MS).toBe(4);
    expect(long).toHaveLength(9);
  });

  it('looks at whole days of it, with fewer cells than pixels', () => {
    const nowMs = at('2026-03-30T10:17:00Z');
    const week = historySpan('7d', nowMs, MADRID);
    expect(week).toEqual({ fromMs: at('2026-03-23T23:00:00Z'), toMs: nowMs, stepMs: HOUR_MS });
    const day = historySpan('24h', nowMs, MADRID);
    expect(day.fromMs).toBe(at('2026-03-29T10:10:00Z'));
    expect(nextCellMs(day)).toBe(at('2026-03-30T10:20:00Z'));
    for (const range of ['24h', '7d', '30d'] as const) {
      const { fromMs, toMs, stepMs } = historySpan(range, nowMs, MADRID);
      expect((toMs - fromMs) / stepMs).toBeLessThan(200);
      expect(toMs - fromMs).toBeLessThan(31 * 24 * HOUR_MS);
    }
  });

  it('begins with the range in which the alert can be seen', () => {
    const nowMs = at('2026-03-30T10:17:00Z');
    const daysAgo = (days: number) => rangeWith(nowMs - days * 24 * HOUR_MS, nowMs, MADRID);
    expect([0, 1, 2, 6, 8, 90].map(daysAgo)).toEqual(['24h', '24h', '7d', '7d', '30d', '30d']);
  });

  it('takes the clock of this desk for a zone that the browser does not know', () => {
    expect(usableZone(MADRID)).toBe(MADRID);
    expect(usableZone('Mars/Olympus')).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
  });
});

describe('charts', () => {
  const series = (deviceId: string, times: number[]): TelemetryAnswer['series'][number] => ({
    ...{ gatewayId: 'g', deviceId, kind: 'temperature_c', part: 'value', room: null },
    points: times.map((time) => [time * 1000, 2, 18, 22 + time / 100, 20, 21]),
  });
  const answer = (list: TelemetryAnswer['series']): TelemetryAnswer => ({
    ...{ fromMs: 0, toMs: 1, stepMs: 1000, series: list, withheld: [], writtenUntilMs: 1 },
  });

  it('breaks a line where the device was silent for longer than usual', () => {
    const [chart] = chartsOf(answer([series('a', [1, 2, 3, 9, 10])]));
    expect(chart?.atS).toEqual([1, 2, 3, 4, 9, 10]);
    expect(chart?.lines[0]?.mean).toEqual([20, 20, 20, null, 20, 20]);
    // A device that reports rarely by habit is not torn apart.
    expect(chartsOf(answer([series('a', [1, 31, 61, 91])]))[0]?.lines[0]?.mean).not.toContain(null);
  });

  it('lays devices of one kind over each other without breaking either', () => {
    const [chart] = chartsOf(answer([series('a', [1, 3]), series('b', [2, 4])]));
    expect(chart?.lines.map(({ mean }) => mean)).toEqual([
      [20, undefined, 20, undefined],
      [undefined, 20, undefined, 20],
    ]);
    expect(chart?.lines[1]).toMatchObject({ latest: { atMs: 4000, value: 21 }, lowest: 18, highest: 22.04 });
  });

  it('has no chart of texts, of nothing, or of kinds it does not know', () => {
    const text = { ...series('a', []), points: [[1000, 3, null, null, null, null]] };
    expect(chartsOf(answer([text, { ...series('b', [1]), kind: 'brightness' }]))).toEqual([]);
  });
});

/** A loader whose requests the test answers. */
function playLoader() {
  const asked: { path: string; signal: AbortSignal; answer: (answer: Answer<never>) => void }[] = [];
  const sources: (LiveSource & { isClosed: boolean })[] = [];
  const loader = createHistoryLoader({
    api: { get: (path, signal) => new Promise((answer) => asked.push({ path, signal, answer })) },
    ...{ homeId: 'h/1', timeZone: MADRID, now: () => at('2026-03-30T10:17:00Z'), widthPx: () => 512.7 },
    alertAtMs: at('2026-03-30T10:00:00Z'),
    roomOf: (_gatewayId, deviceId) => (deviceId === 'pir' ? 'kitchen' : null),
    openSource: () => {
      const source = { ...{ onopen: null, onclose: null, onmessage: null, isClosed: false } };
      const closing = Object.assign(source, {
        close: () => {
          source.isClosed = true;
        },
      });
      sources.push(closing);
      return closing;
    },
    onExpired: () => undefined,
  });
  const give = (index: number, value: unknown): void =>
    asked[index]!.answer({ ok: true, value: value as never });
  return { loader, asked, sources, give };
}

describe('loader of the history', () => {
  const activity = () => {
    const { fromMs, toMs, stepMs } = historySpan('24h', at('2026-03-30T10:17:00Z'), MADRID);
    const cells = Math.ceil((toMs - fromMs) / stepMs);
    const rooms = [{ room: 'kitchen', counts: Array(cells).fill(0), noData: Array(cells).fill(false) }];
    return { fromMs, toMs, stepMs, rooms, unseen: [], writtenUntilMs: toMs - 60_000 };
  };

  it('asks one thing at a time, with the pixels it has, and nothing before it starts', async () => {
    const { loader, asked, give, sources } = playLoader();
    expect(asked).toHaveLength(0);
    loader.start();
    expect(asked.map(({ path }) => path.split('?')[0])).toEqual(['/homes/h%2F1/activity']);
    expect(sources).toHaveLength(0);
    give(0, activity());
    await until('request 2 is out', () => asked.length === 2);
    expect(asked[1]!.path).toMatch(/telemetry\?.*points=512&/);
    expect(sources).toHaveLength(1);
    loader.stop();
    expect(asked[1]!.signal.aborted).toBe(true);
    expect(sources[0]!.isClosed).toBe(true);
  });

  it('drops personal charts at once when the claim changes, and takes no answer of before', async () => {
    const { loader, asked, give } = playLoader();
    loader.start();
    give(0, activity());
    await until('request 2 is out', () => asked.length === 2);
    loader.claimChanged();
    expect(asked[1]!.signal.aborted).toBe(true);
    give(1, { series: ['of the claim'] });
    await until('request 3 is out', () => asked.length === 3);
    expect(loader.charts.value).toEqual({ type: 'loading' });
    expect(asked[2]!.path).toContain('/telemetry?');
    loader.stop();
  });

  it('keeps a failure in its place, with its code, and asks again on demand', async () => {
    const { loader, asked } = playLoader();
    loader.start();
    asked[0]!.answer({ ok: false, status: 503, code: 'unavailable', heldBy: null });
    await until('request 2 is out', () => asked.length === 2);
    expect(loader.activity.value).toEqual({ type: 'failed', code: 'unavailable' });
    loader.retry();
    expect(loader.activity.value).toEqual({ type: 'loading' });
    expect(asked[2]!.path).toContain('/activity?');
    loader.stop();
  });

  it('puts live signs of life into the raster', async () => {
    const { loader, asked, give, sources } = playLoader();
    loader.start();
    give(0, activity());
    await until('request 2 is out', () => asked.length === 2);
    const atMs = at('2026-03-30T10:16:30Z');
    const event = { readings: [{ gatewayId: 'g', deviceId: 'pir', kind: 'motion', atMs, value: true }] };
    sources[0]!.onopen?.(new Event('open'));
    sources[0]!.onmessage?.(
      new MessageEvent('message', { data: JSON.stringify({ ...event, skipped: false }) }),
    );
    sources[0]!.onmessage?.(new MessageEvent('message', { data: 'not json' }));
    const shown = loader.activity.value;
    expect(shown.type === 'shown' && shown.value.rooms[0]?.counts.at(-1)).toBe(1);
    expect(loader.isLive.value).toBe(true);
    loader.stop();
  });

  it('says that it is not live while the socket is gone, and tries again, rarely after a refusal', () => {
    vi.useFakeTimers();
    const connected: boolean[] = [];
    const sources: (LiveSource & { isClosed: boolean })[] = [];
    const stop = followLive({
      homeId: 'h/1',
      openSource: (path) => {
        expect(path).toBe('/api/v1/homes/h%2F1/telemetry/live');
        const source: LiveSource & { isClosed: boolean } = {
          ...{ onopen: null, onclose: null, onmessage: null, isClosed: false },
          close: () => {
            source.isClosed = true;
          },
        };
        sources.push(source);
        return source;
      },
      onReadings: () => undefined,
      onConnected: (is) => connected.push(is),
    });
    const lose = (): void => sources.at(-1)!.onclose?.(new Event('close') as CloseEvent);
    sources[0]!.onopen?.(new Event('open'));
    lose();
    expect(connected).toEqual([true, false]);
    vi.advanceTimersByTime(3_000);
    expect(sources).toHaveLength(2);
    lose();
    vi.advanceTimersByTime(29_000);
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(1_000);
    expect(sources).toHaveLength(3);
    stop();
    expect(sources[2]!.isClosed).toBe(true);
    lose();
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(3);
    vi.useRealTimers();
  });
});

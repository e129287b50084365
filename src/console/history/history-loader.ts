// Fetches what the history of an opened home shows, and keeps it fresh. Behind everything else: one request at a time,
// so that most of the few connections a browser has are left for claims; all of it ends with `stop`.
// A look is an audit row on the server, so nothing is fetched that is not shown. What failed says so and stays failed
// until somebody asks again or a new cell begins.

import { type ReadonlySignal, signal } from '@preact/signals';

import type { Answer, Api } from '../api.ts';
import { CHART_UNITS, type TelemetryAnswer } from './chart-model.ts';
import { type HistorySpan, historySpan, nextCellMs, type Range, rangeWith } from './history-span.ts';
import { followLive, type LiveSource } from './live-tail.ts';
import { type ActivityAnswer, createSignFilter, type LiveReading, withSign } from './raster-model.ts';

export type Part<T> =
  | { readonly type: 'loading' }
  | { readonly type: 'failed'; readonly code: string }
  | { readonly type: 'shown'; readonly value: T };

export interface HistoryLoader {
  readonly range: ReadonlySignal<Range>;
  readonly activity: ReadonlySignal<Part<ActivityAnswer>>;
  readonly charts: ReadonlySignal<Part<TelemetryAnswer>>;
  readonly isLive: ReadonlySignal<boolean>;
  /** Begins to fetch; before that nothing is asked. */
  start(): void;
  choose(range: Range): void;
  /** Whether the caller holds the claim changed: other kinds may be seen now. Old charts are gone at once. */
  claimChanged(): void;
  retry(): void;
  stop(): void;
}

export interface HistoryLoaderOptions {
  readonly api: Pick<Api, 'get'>;
  readonly homeId: string;
  readonly timeZone: string;
  /** What the history is looked at for: it is in the range that is shown first. */
  readonly alertAtMs: number;
  /** The service's time, ms. */
  readonly now: () => number;
  /** Width of a chart in pixels: more points than that nobody sees. */
  readonly widthPx: () => number;
  readonly roomOf: (gatewayId: string, deviceId: string) => string | null;
  readonly openSource: (path: string) => LiveSource;
  readonly onExpired: () => void;
}

/** Longer than an honest answer; a request that hangs gives its connection back. */
const ANSWER_LIMIT_MS = 15_000;
/** After a new cell has begun: what ended it is written by then. */
const FRESH_AFTER_MS = 5_000;
const FRESH_LEAST_MS = 60_000;
const LOADING = { type: 'loading' } as const;
const POINTS = { min: 10, max: 2_000 } as const;

export function createHistoryLoader(options: HistoryLoaderOptions): HistoryLoader {
  const range = signal(rangeWith(options.alertAtMs, options.now(), options.timeZone));
  const activity = signal<Part<ActivityAnswer>>(LOADING);
  const charts = signal<Part<TelemetryAnswer>>(LOADING);
  const isLive = signal(false);
  const lane = createLane(options);
  let freshTimer: ReturnType<typeof setTimeout> | undefined;
  let stopLive: (() => void) | null = null;
  // What is still to be fetched: a turn that is cut short leaves the rest of its work to the next.
  const wanted = { activity: true, charts: true };

  const work = async (): Promise<void> => {
    clearTimeout(freshTimer);
    const span = historySpan(range.peek(), options.now(), options.timeZone);
    const turn = lane.begin();
    if (wanted.activity) {
      const answer = await lane.get<ActivityAnswer>(turn, activityPath(options.homeId, span));
      if (answer === null) return;
      wanted.activity = false;
      activity.value = answer;
      stopLive ??= follow();
    }
    if (wanted.charts) {
      const answer = await lane.get<TelemetryAnswer>(turn, chartsPath(options, span));
      if (answer === null) return;
      wanted.charts = false;
      charts.value = answer;
    }
    freshTimer = setTimeout(refresh, untilFreshMs(span));
  };
  const ask = (what: Partial<typeof wanted>): void => {
    Object.assign(wanted, what);
    void work();
  };
  const refresh = (): void => ask({ activity: true, charts: true });
  const untilFreshMs = (span: HistorySpan): number =>
    Math.max(FRESH_LEAST_MS, nextCellMs(span) - options.now() + FRESH_AFTER_MS);
  const signs = createSignFilter();
  const take = (readings: readonly LiveReading[], skipped: boolean): void => {
    for (const reading of readings) {
      const shown = activity.peek();
      if (!signs.isSign(reading) || shown.type !== 'shown') continue;
      const room = options.roomOf(reading.gatewayId, reading.deviceId);
      activity.value = { type: 'shown', value: withSign(shown.value, room, reading.atMs) };
    }
    if (skipped) ask({ activity: true });
  };
  const follow = (): (() => void) =>
    followLive({
      ...options,
      onReadings: take,
      onConnected: (connected) => {
        isLive.value = connected;
      },
    });
  const loadAnew = (): void => {
    activity.value = LOADING;
    charts.value = LOADING;
    refresh();
  };
  return {
    ...{ range, activity, charts, isLive },
    start: refresh,
    choose(next) {
      if (range.peek() === next) return;
      range.value = next;
      loadAnew();
    },
    claimChanged() {
      charts.value = LOADING;
      ask({ charts: true });
    },
    retry: loadAnew,
    stop() {
      clearTimeout(freshTimer);
      lane.begin();
      stopLive?.();
    },
  };
}

/** One request at a time: a new turn aborts what the turn before still waits for. */
function createLane({ api, onExpired }: Pick<HistoryLoaderOptions, 'api' | 'onExpired'>) {
  let aborter = new AbortController();
  return {
    begin(): AbortController {
      aborter.abort();
      aborter = new AbortController();
      return aborter;
    },
    /** Null when the turn is over: the answer is nobody's any more. */
    async get<T>(turn: AbortController, path: string): Promise<Part<T> | null> {
      const request = new AbortController();
      const abort = (): void => request.abort();
      turn.signal.addEventListener('abort', abort);
      const timer = setTimeout(abort, ANSWER_LIMIT_MS);
      const answer: Answer<T> = await api.get<T>(path, request.signal);
      clearTimeout(timer);
      turn.signal.removeEventListener('abort', abort);
      if (turn.signal.aborted) return null;
      if (answer.ok) return { type: 'shown', value: answer.value };
      if (answer.code === 'session-expired') onExpired();
      return { type: 'failed', code: answer.code };
    },
  };
}

function activityPath(homeId: string, { fromMs, toMs, stepMs }: HistorySpan): string {
  return `/homes/${encodeURIComponent(homeId)}/activity?from=${fromMs}&to=${toMs}&step=${stepMs}`;
}

function chartsPath({ homeId, widthPx }: HistoryLoaderOptions, { fromMs, toMs }: HistorySpan): string {
  const points = Math.min(POINTS.max, Math.max(POINTS.min, Math.floor(widthPx())));
  const kinds = Object.keys(CHART_UNITS).join(',');
  const query = `from=${fromMs}&to=${toMs}&points=${points}&kinds=${kinds}`;
  return `/homes/${encodeURIComponent(homeId)}/telemetry?${query}`;
}

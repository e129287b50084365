// The replay of a back-test: the retained log of some homes through the same core that runs live. Starts at the first
// retained entry, because what the core has learned of a home by a given day is the answer to everything before it.
// Time comes from entries and from the core's own deadlines, which fire at their due times whoever brings the time, so
// stored ticks are not needed. With unchanged settings and the same core the alerts are those of the live service, to
// the byte (promise P3).

import { Engine } from '#core/engine.ts';
import type { Effect } from '#core/model/effect.ts';
import type { Entry, EntryBody } from '#core/model/entry.ts';
import type { Rule } from '#core/rules/rule.ts';
import type { HistorySlice, HistorySpan, LogHistory } from '#journal/history.ts';
import { ChosenEntries } from './chosen-entries.ts';
import type { BacktestPlan } from './plan.ts';
import { StandIns } from './stand-ins.ts';
import { type HomeWindow, WatchTimes } from './watch-times.ts';

export interface ReplayOptions {
  readonly history: LogHistory;
  readonly plan: BacktestPlan;
  /** The core's rules unless said. */
  readonly rules?: readonly Rule[];
  /** Everything the core decides, from the first entry on. */
  readonly onEffects: (effects: readonly Effect[]) => void;
  /** 0 … 1, after every slice. */
  readonly onProgress?: (progress: number) => void;
}

export interface Replayed {
  /** The history that was there; null: none. */
  readonly coveredFromMs: number | null;
  /** Not included; null: none. */
  readonly coveredUntilMs: number | null;
  /** The retained log begins with its first entry ever, so nothing that was learned is missing. */
  readonly isWholeLog: boolean;
  /** Homes whose roster before its first change in the log is taken to be that of today. */
  readonly assumedHomes: number;
  readonly readEntries: number;
  readonly steppedEntries: number;
  /** Core versions that decided live in the retained log, as it tells them. */
  readonly coreVersions: readonly string[];
}

export interface ReplayedHomes extends Replayed {
  readonly windows: readonly HomeWindow[];
  /** Not watched today, and the log no longer reaches back to tell whether they were: nothing can be said of them. */
  readonly unknownHomeIds: readonly string[];
}

const NO_HISTORY: ReplayedHomes = {
  coveredFromMs: null,
  coveredUntilMs: null,
  isWholeLog: false,
  assumedHomes: 0,
  readEntries: 0,
  steppedEntries: 0,
  coreVersions: [],
  windows: [],
  unknownHomeIds: [],
};

/** @throws LogError when the history is trimmed away under the replay, or damaged */
export function replayHistory(options: ReplayOptions): ReplayedHomes {
  const span = options.history.span();
  if (span === null || span.firstAtMs >= options.plan.toMs) return NO_HISTORY;
  return new Replay(options, span).run();
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #span: HistorySpan;
  readonly #engine: Engine;
  readonly #chosen: ChosenEntries;
  readonly #standIns: StandIns;
  readonly #watchTimes: WatchTimes;
  readonly #unknownHomeIds: string[] = [];
  readonly #coreVersions = new Set<string>();
  #readEntries = 0;
  #steppedEntries = 0;

  constructor(options: ReplayOptions, span: HistorySpan) {
    this.#options = options;
    this.#span = span;
    this.#engine = new Engine(options.rules);
    this.#standIns = new StandIns(this.#engine.book);
    this.#chosen = new ChosenEntries(options.plan, (alertId) => this.#standIns.of(alertId));
    this.#watchTimes = new WatchTimes(Math.max(options.plan.fromMs, span.firstAtMs));
  }

  run(): ReplayedHomes {
    const { firstOffset, firstAtMs, lastAtMs } = this.#span;
    const { toMs } = this.#options.plan;
    const isWholeLog = firstOffset === 1;
    const assumedHomes = isWholeLog ? 0 : this.#assumeRoster();
    this.#readAll(this.#lastOffsetBefore(toMs));
    const endMs = Math.min(toMs - 1, lastAtMs);
    this.#step(this.#engine.offset + 1, endMs, { type: 'tick' });
    return {
      coveredFromMs: firstAtMs,
      coveredUntilMs: endMs + 1,
      isWholeLog,
      assumedHomes,
      readEntries: this.#readEntries,
      steppedEntries: this.#steppedEntries,
      coreVersions: [...this.#coreVersions],
      windows: this.#watchTimes.until(endMs + 1),
      unknownHomeIds: this.#unknownHomeIds,
    };
  }

  /** The log begins in the middle: what was registered before is as it is today. Answers how many homes. */
  #assumeRoster(): number {
    const { firstOffset, firstAtMs } = this.#span;
    const { gatewaysNow, homesNow } = this.#options.plan;
    const known = <T>(all: readonly { configuration: T; sinceMs: number }[]): T[] =>
      all.filter(({ sinceMs }) => sinceMs < firstAtMs).map(({ configuration }) => configuration);
    const { watched: homes = [], ended = [] } = Object.groupBy(known(homesNow), ({ isWatched }) =>
      isWatched ? 'watched' : 'ended',
    );
    this.#unknownHomeIds.push(...ended.map(({ homeId }) => homeId));
    const bodies: EntryBody[] = [
      ...known(gatewaysNow).map((gateway): EntryBody => ({ type: 'gateway-configured', gateway })),
      ...homes.map((home): EntryBody => ({ type: 'home-configured', home })),
    ];
    for (const body of bodies) this.#take({ offset: firstOffset - 1, atMs: firstAtMs, body });
    return homes.length;
  }

  #readAll(lastOffset: number): void {
    const { history, onProgress } = this.#options;
    const { firstOffset } = this.#span;
    let after = firstOffset - 1;
    while (after < lastOffset) {
      const sources = this.#chosen.sources();
      const slice = history.slice(after, lastOffset, sources);
      after = this.#takeSlice(slice, sources === null) ?? slice.upToOffset;
      onProgress?.((after - firstOffset + 1) / (lastOffset - firstOffset + 1));
    }
  }

  /** Answers after which entry to read again: the homes had devices then of which nothing was asked. */
  #takeSlice(slice: HistorySlice, isComplete: boolean): number | null {
    for (let index = 0; index < slice.count; index++) {
      const entry = slice.entry(index);
      const { sourceCount } = this.#chosen;
      this.#readEntries++;
      this.#take(entry);
      if (!isComplete && this.#chosen.sourceCount !== sourceCount) return entry.offset;
    }
    return null;
  }

  #take({ offset, atMs, body }: Entry): void {
    if (body.type === 'resumed') {
      this.#coreVersions.add(body.coreVersion);
      this.#bringTimeBefore(offset);
    }
    // An alert that was due before must be there when it is asked for.
    if (body.type === 'command') this.#step(offset - 1, atMs, { type: 'tick' });
    const reading = this.#chosen.ownReading(body);
    if (reading !== null) this.#step(offset, atMs, reading);
    else for (const step of this.#chosen.stepsFor(body)) this.#step(offset, atMs, step);
  }

  /** An outage begins where the entry before it ended, whoever that entry was about. */
  #bringTimeBefore(offset: number): void {
    const atMs = this.#options.history.atMsOf(offset - 1);
    if (atMs !== null) this.#step(offset - 1, atMs, { type: 'tick' });
  }

  /** Offsets are those of the log, because claims are told apart by them; what lies between is not about us. */
  #step(offset: number, atMs: number, body: EntryBody): void {
    this.#steppedEntries++;
    if (body.type === 'home-configured') this.#watchTimes.noteConfigured(body.home, atMs);
    this.#engine.world.offset = offset - 1;
    const effects = this.#engine.step({ offset, atMs, body });
    if (effects.length === 0) return;
    this.#standIns.note(effects);
    this.#options.onEffects(effects);
  }

  /** Binary search: entries are in the order of time. */
  #lastOffsetBefore(untilMs: number): number {
    let low = this.#span.firstOffset - 1;
    let high = this.#span.lastOffset;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const atMs = this.#options.history.atMsOf(middle);
      if (atMs !== null && atMs < untilMs) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

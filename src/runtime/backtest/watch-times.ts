// How long each home was watched in a span of time, as its configurations in the log tell: homes that have ended or are
// suspended today count for the days on which they were watched.

import type { HomeConfiguration } from '#core/model/home.ts';

/** Part of the window in which a home was watched and there was history. */
export interface HomeWindow {
  readonly homeId: string;
  readonly watchedMs: number;
}

export class WatchTimes {
  readonly #fromMs: number;
  /** What is behind it, and since when it has been watched; null: it is not. */
  readonly #homes = new Map<string, { readonly watchedMs: number; readonly sinceMs: number | null }>();

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  noteConfigured({ homeId, isWatched }: HomeConfiguration, atMs: number): void {
    this.#homes.set(homeId, { watchedMs: this.#watchedMs(homeId, atMs), sinceMs: isWatched ? atMs : null });
  }

  until(untilMs: number): HomeWindow[] {
    return Array.from(this.#homes.keys(), (homeId) => {
      return { homeId, watchedMs: this.#watchedMs(homeId, untilMs) };
    });
  }

  #watchedMs(homeId: string, untilMs: number): number {
    const { watchedMs, sinceMs } = this.#homes.get(homeId) ?? { watchedMs: 0, sinceMs: null };
    return watchedMs + (sinceMs === null ? 0 : Math.max(0, untilMs - Math.max(this.#fromMs, sinceMs)));
  }
}

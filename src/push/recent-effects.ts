// The newest alert effects in memory, for screens that come back: no query, no parsing on the alarm's thread.
// Knows nothing older than its first element; the alert store answers for those.

import type { AlertEffect, Effect } from '#core/model/effect.ts';
import { type Cursor, compareCursors, parseCursor } from './cursor.ts';

export type StoredAlertEffect = Effect & AlertEffect;

export interface RecentEffects {
  push(effect: StoredAlertEffect): void;
  /** What came after the cursor, oldest first; null when it lies before what is kept. */
  after(cursor: Cursor): readonly StoredAlertEffect[] | null;
}

export function createRecentEffects(limit: number): RecentEffects {
  let effects: StoredAlertEffect[] = [];
  return {
    push(effect) {
      effects.push(effect);
      // Cut in halves, so that the copying costs nothing per effect.
      if (effects.length >= 2 * limit) effects = effects.slice(-limit);
    },
    after(cursor) {
      const first = effects[0];
      if (!first || compareCursors(cursor, first) < 0) return null;
      // Nearly always only the last few are wanted.
      let start = effects.length;
      while (start > 0 && compareCursors(effects[start - 1]!, cursor) > 0) start -= 1;
      return effects.slice(start);
    },
  };
}

export interface MissedSources {
  readonly recent: RecentEffects;
  /** The alert store's `since`. */
  readonly since: (cursor: string, limit: number) => readonly Effect[] | null;
  /** Cursor of the newest effect of all. */
  readonly newest: () => string;
  readonly limit: number;
}

/** Exactly the alert effects after `text`, or null: only a snapshot can help. */
export function missedSince(text: string, sources: MissedSources): readonly StoredAlertEffect[] | null {
  const cursor = parseCursor(text);
  const newest = parseCursor(sources.newest());
  // A cursor ahead of us comes from another data folder: what that screen shows is not ours.
  if (!cursor || !newest || compareCursors(cursor, newest) > 0) return null;
  const recent = sources.recent.after(cursor);
  const missed = recent ?? storedSince(text, sources);
  return missed && missed.length < sources.limit ? missed : null;
}

function storedSince(text: string, sources: MissedSources): readonly StoredAlertEffect[] | null {
  const stored = sources.since(text, sources.limit);
  // As many as asked for: there may be more, and a gap is worse than a snapshot.
  if (!stored || stored.length >= sources.limit) return null;
  return stored.filter((effect) => effect.type === 'alert');
}

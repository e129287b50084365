// What is known of a home as a whole, as staff see it on the elder's card: is anybody in, and was an absence declared.

/** `unknown`: no door was ever seen to move and nobody declared anything. */
export const PRESENCES = ['unknown', 'home', 'away'] as const;
export type Presence = (typeof PRESENCES)[number];

/** Longest declared absence, days: a season with the children. A longer one is declared again. */
export const ABSENCE_DAYS_MAX = 90;

/** The residents said that they will be out, and until when. It silences the question where they are, nothing else. */
export interface Absence {
  readonly untilMs: number;
  readonly declaredAtMs: number;
  /** Who wrote it down. */
  readonly staffId: string;
  readonly note: string | null;
}

/**
 * What no working sensor watches. `way-out`: whoever goes out is not noticed, so their silence looks like a collapse
 * (most false alarms come from such homes, ADR 0021). `night`: neither bedroom nor bathroom.
 */
export const GAPS = ['way-out', 'night'] as const;
export type Gap = (typeof GAPS)[number];

export interface HomeState {
  readonly presence: Presence;
  /** Since when nobody is in; null unless `away`. */
  readonly awaySinceMs: number | null;
  /** Last sign of life, null while there was none. */
  readonly lastActivityAtMs: number | null;
  /** Stays while somebody is in after all, so that leaving again needs only the door; over at its end. */
  readonly absence: Absence | null;
  /** Empty for a home without any sensor of life: nothing is inferred from it. */
  readonly gaps: readonly Gap[];
}

// What the auditor says: violations with home and time, and figures. A violation is of one kind of harm: an alarm
// missed, doubled or false, a reading lost, or a life of an alert that breaks the rules.

export type Harm = 'missed' | 'doubled' | 'false' | 'lost' | 'disorder';

export interface Violation {
  readonly harm: Harm;
  readonly homeId: string | null;
  readonly atMs: number;
  readonly text: string;
}

export class Verdict {
  readonly violations: Violation[] = [];
  /** What was looked at and found right or wrong, by name. */
  readonly figures: Record<string, number> = {};

  report(harm: Harm, homeId: string | null, atMs: number, text: string): void {
    this.violations.push({ harm, homeId, atMs, text });
  }

  count(name: string, by = 1): void {
    this.figures[name] = (this.figures[name] ?? 0) + by;
  }
}

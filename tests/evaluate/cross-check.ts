// Are the settings fitted to the homes we have? For each home the settings are chosen on the others and tested on it:
// fewest false alarms, then the shortest median delay. Fault runs and other cases take no part in the choice.

import type { RuleSettings } from '#core/model/home.ts';
import { quickLook } from './evaluate.ts';
import type { Recording } from './recording.ts';
import { delayFigures, per30Days } from './score.ts';

/** All combinations of these. The defaults of the rule are among them. */
const GRID = {
  usualFactor: [1.1, 1.2, 1.4],
  doubtFactor: [0.4, 0.8],
  placeShare: [0.35, 0.5],
  occupiedShare: [0.6, 0.8],
} as const;

type Look = ReturnType<typeof quickLook>;

export interface CrossCheck {
  readonly home: string;
  readonly chosen: Readonly<Record<string, number>>;
  readonly falseAlarmsPer30d: number;
  readonly dayMedian: number | null;
  readonly nightMedian: number | null;
  readonly p90: number | null;
  readonly missedPct: number;
}

/** One result per home, chosen on all others. Needs at least two homes. */
export function crossCheck(recordings: readonly Recording[]): CrossCheck[] {
  const settings = combinations();
  const looks = recordings.map((recording) =>
    settings.map((inactivity) => quickLook(recording, { inactivity } satisfies RuleSettings)),
  );
  return recordings.map((recording, left) => {
    const others = looks.filter((_, index) => index !== left);
    const best = chooseOn(others, settings.length);
    const tested = looks[left]![best]!;
    const { dayMedian, nightMedian, p90, missedPct } = delayFigures(tested.outcomes);
    const falseAlarmsPer30d = per30Days(tested.alarms.length, tested.scoredMs);
    const result = { home: recording.name, chosen: settings[best]!, falseAlarmsPer30d };
    return { ...result, dayMedian, nightMedian, p90, missedPct };
  });
}

/** Index of the settings that are best on these homes; of equals the first. */
export function chooseOn(homes: readonly (readonly Look[])[], count: number): number {
  let best = 0;
  for (let index = 1; index < count; index++) {
    if (isBetter(scoreOf(homes, index), scoreOf(homes, best))) best = index;
  }
  return best;
}

function scoreOf(homes: readonly (readonly Look[])[], index: number): readonly [number, number] {
  const looks = homes.map((home) => home[index]!);
  const alarms = looks.reduce((sum, look) => sum + look.alarms.length, 0);
  const { median } = delayFigures(looks.flatMap(({ outcomes }) => outcomes));
  return [alarms, median ?? Number.POSITIVE_INFINITY];
}

function isBetter(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

function combinations(): Record<string, number>[] {
  let all: Record<string, number>[] = [{}];
  for (const [name, values] of Object.entries(GRID))
    all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  return all;
}

export function crossCheckText(results: readonly CrossCheck[]): string {
  const lines = results.map(({ home, chosen, falseAlarmsPer30d, dayMedian, nightMedian, p90, missedPct }) => {
    const words = Object.entries(chosen).map(([name, value]) => `${name} ${value}`);
    const figures = `${falseAlarmsPer30d} false/30d, day ${dayMedian} h, night ${nightMedian} h, p90 ${p90} h`;
    return `  ${home}: ${figures}, missed ${missedPct} %   (chosen on the others: ${words.join(', ')})`;
  });
  return ['cross-check: settings chosen on the other homes, tested on this one', ...lines].join('\n');
}

// Lines of a scenario table for a water meter that is read at equal times.

/** `d1 09:30`: minutes since the midnight of day 0, as a scenario table says it. */
export function at(minutes: number): string {
  const two = (count: number): string => String(count).padStart(2, '0');
  return `d${Math.floor(minutes / 1440)} ${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

export interface MeterDay {
  /** Minutes since the midnight of day 0. */
  readonly from: number;
  readonly until: number;
  readonly everyMinutes: number;
  readonly device?: string;
  /** What the meter shows. */
  readonly total: (minutes: number) => number;
}

export function meterLines({ from, until, everyMinutes, device = 'meter', total }: MeterDay): string[] {
  const lines: string[] = [];
  for (let minutes = from; minutes <= until; minutes += everyMinutes)
    lines.push(`${at(minutes)} ${device} water_liters ${total(minutes)} level`);
  return lines;
}

/** Weave lines of a table in the order of their times; equal times keep the order given. */
export function woven(...tables: readonly (readonly string[])[]): string {
  const key = (line: string): string => {
    const match = /^d(\d+) (\d\d:\d\d)/.exec(line)!;
    return `${match[1]!.padStart(3, '0')} ${match[2]}`;
  };
  const lines = tables.flat().map((line, index) => ({ line, key: key(line), index }));
  lines.sort((a, b) => (a.key === b.key ? a.index - b.index : a.key < b.key ? -1 : 1));
  return lines.map(({ line }) => line).join('\n');
}

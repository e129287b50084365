// Goal: weeks that change slowly make one notice per measure, weeks that do not make none, and what was not seen or not
// lived at home counts for nothing. Method: simulated weeks of a resident with habits, through the real rule; every
// life is run again with a snapshot cut after each day.

import { describe, expect, test } from 'vitest';
import { Engine } from '#core/engine.ts';
import { MEASURES, type Measure, nextWeekEndMs, type WeekColumns, weeksOf } from '#core/facts/week.ts';
import type { Effect } from '#core/model/effect.ts';
import type { Entry, EntryBody } from '#core/model/entry.ts';
import type { DeviceConfiguration } from '#core/model/home.ts';
import { drift } from '#core/rules/drift.ts';
import { encodeSnapshot, restoreSnapshot } from '#core/snapshot.ts';
import { zoneOffsetMs } from '#core/state/local-time.ts';
import { createRandom, type Random } from '../../simulators/random.ts';
import { homeOf } from '../support/scenario.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const DEVICES: readonly Partial<DeviceConfiguration>[] = [
  { deviceId: 'bed', kind: 'motion', room: 'bedroom', zone: 'bedroom' },
  { deviceId: 'living', kind: 'motion', room: 'living room', zone: 'other' },
  { deviceId: 'bath', kind: 'motion', room: 'bathroom', zone: 'bathroom' },
  { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' },
];
const NUMBER = { bed: 1, living: 2, bath: 3, door: 4 } as const;

interface Habits {
  readonly bedHour: number;
  readonly upHour: number;
  readonly signsPerHour: number;
  readonly nightVisits: number;
  readonly outingsPerWeek: number;
}
const USUAL: Habits = { bedHour: 22, upHour: 7, signsPerHour: 6, nightVisits: 1, outingsPerWeek: 7 };

interface LifeOptions {
  readonly weeks: number;
  readonly habits?: (week: number) => Habits;
  /** The gateway kept what it heard while it was silent, and sends it afterwards. */
  readonly isBuffered?: boolean;
  /** Day on which a second sensor comes to the bathroom. */
  readonly sensorFromDay?: number;
  /** Whole days on which the gateway is silent, nobody is in, or we are not there. */
  readonly dark?: (day: number) => 'gateway' | 'away' | 'ours' | null;
  readonly timezone?: string;
  readonly residents?: number;
  readonly date?: string;
  readonly rules?: Readonly<Record<string, number>>;
  readonly seed?: number;
}

/** Days of a resident with habits, as entries of the log, in local time. */
class Life {
  readonly entries: Entry[] = [];
  readonly #options: LifeOptions;
  readonly #random: Random;
  readonly #zone: string;
  readonly #startMs: number;
  #isGatewayOn = true;

  constructor(options: LifeOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed ?? 1, 7);
    this.#zone = options.timezone ?? 'Asia/Shanghai';
    this.#startMs = Date.parse(`${options.date ?? '2026-03-02'}T00:00:00Z`);
    const gateway = { gateway: 1, gatewayId: 'gw-1', revision: 1, districtCode: '330106001001', home: 1 };
    const supervision = 'none';
    this.#append(0, 0, { type: 'gateway-configured', gateway: { ...gateway, supervision, isWatched: true } });
    const own = { residents: options.residents ?? 1, timezone: this.#zone, rules: this.#rules() };
    this.#append(0, 0, { type: 'home-configured', home: { ...homeOf({ devices: DEVICES }), ...own } });
    for (let day = 0; day < options.weeks * 7; day++) this.#liveDay(day);
    this.#append(options.weeks * 7, 6, { type: 'tick' });
  }

  #addSensor(day: number): void {
    const devices = [
      ...DEVICES,
      { deviceId: 'flush', kind: 'flush', room: 'bathroom', zone: 'bathroom' } as const,
    ];
    const own = { revision: 2, timezone: this.#zone };
    this.#append(day, 0, { type: 'home-configured', home: { ...homeOf({ devices }), ...own } });
  }

  #rules() {
    const { rules } = this.#options;
    return rules === undefined ? {} : { drift: rules };
  }

  #liveDay(day: number): void {
    const { habits = () => USUAL, dark = () => null } = this.#options;
    const shade = dark(day);
    this.#lightUp(day, shade);
    if (shade === 'ours') return;
    if (day === this.#options.sensorFromDay) this.#addSensor(day);
    const { bedHour, upHour, signsPerHour, nightVisits, outingsPerWeek } = habits(Math.floor(day / 7));
    if (shade === 'away') return;
    for (let visit = 0; visit < nightVisits; visit++) {
      const hour = 1 + (visit * 3) / Math.max(1, nightVisits);
      this.#sign(day, hour, 'bath');
      this.#sign(day, hour + 0.1, 'bed');
    }
    const [outFrom, outTo] = this.#random.chance(outingsPerWeek / 7) ? [14, 16] : [25, 25];
    for (let hour = upHour; hour < bedHour; hour += this.#random.exponential(1 / signsPerHour)) {
      if (hour < outFrom! || hour > outTo!) this.#sign(day, hour, 'living');
      else hour = this.#goOut(day, outTo!);
    }
    this.#sign(day, bedHour, 'bed');
  }

  #goOut(day: number, untilHour: number): number {
    this.#sign(day, 14, 'door');
    this.#sign(day, untilHour, 'door');
    this.#sign(day, untilHour + 0.02, 'living');
    return untilHour + 0.1;
  }

  #lightUp(day: number, shade: ReturnType<NonNullable<LifeOptions['dark']>>): void {
    const isOn = shade !== 'gateway';
    const link = {
      type: 'gateway-link',
      gateway: 1,
      reason: isOn ? 'status' : 'will',
      online: isOn,
    } as const;
    if (isOn !== this.#isGatewayOn || day === 0) this.#append(day, 0.01, link);
    if (isOn && !this.#isGatewayOn && this.#options.isBuffered === true) this.#sendKept(day);
    this.#isGatewayOn = isOn;
    const dark = this.#options.dark ?? (() => null);
    if (shade === 'away' && dark(day - 1) !== 'away') this.#sign(day, 0.2, 'door');
    if (shade !== 'ours' && dark(day - 1) === 'ours')
      this.#append(day, 0.02, {
        type: 'resumed',
        reason: 'start',
        fromMs: this.entries.at(-1)!.atMs,
        coreVersion: 'test',
      });
  }

  #sendKept(day: number): void {
    const fixed = { value: true, isLevel: false, isDeviceTime: true, batteryPct: null, isBuffered: true };
    const names = { gateway: 1, device: NUMBER.living, deviceId: 'living', kind: 'motion' };
    for (let minute = 0; minute < 600; minute++) {
      const measuredAtMs = this.#instant(day - 1, 8 + minute / 60);
      const eventId = `kept${day}-${minute}`;
      this.#append(day, 0.015, { type: 'observation', ...names, ...fixed, eventId, measuredAtMs });
    }
  }

  #sign(day: number, hour: number, deviceId: keyof typeof NUMBER): void {
    const kind = deviceId === 'door' ? 'contact' : 'motion';
    const fixed = { value: true, isLevel: false, isDeviceTime: true, batteryPct: null, isBuffered: false };
    const measuredAtMs = this.#instant(day, hour);
    const eventId = `e${this.entries.length}`;
    const names = { gateway: 1, device: NUMBER[deviceId], deviceId, kind, eventId };
    if (this.#isGatewayOn) this.#append(day, hour, { type: 'observation', ...names, ...fixed, measuredAtMs });
  }

  #append(day: number, hour: number, body: EntryBody): void {
    const atMs = Math.max(this.#instant(day, hour), this.entries.at(-1)?.atMs ?? 0);
    this.entries.push({ offset: this.entries.length + 1, atMs, body });
  }

  #instant(day: number, hour: number): number {
    const localMs = this.#startMs + day * DAY_MS + Math.round(hour * HOUR_MS);
    const guess = localMs - zoneOffsetMs(this.#zone, localMs);
    return localMs - zoneOffsetMs(this.#zone, guess);
  }
}

interface Told {
  readonly notices: string[];
  readonly effects: Effect[];
  readonly weeks: ReturnType<typeof weeksOf>;
}

/** `raised sleep week 9`, by the number of weeks that have ended then. */
function live(options: LifeOptions): Told {
  const { entries } = new Life(options);
  const straight = run(entries, false);
  expect(JSON.stringify(run(entries, true).effects)).toBe(JSON.stringify(straight.effects));
  return straight;
}

function run(entries: readonly Entry[], isCut: boolean): Told {
  let engine = new Engine([drift]);
  const effects: Effect[] = [];
  const firstMs = entries[0]!.atMs;
  for (const entry of entries) {
    effects.push(...engine.step(entry));
    if (isCut && entry.offset % 37 === 0) engine = restoreSnapshot(encodeSnapshot(engine), [drift]);
  }
  const notices = effects.flatMap((effect) => {
    if (effect.type !== 'alert') return [];
    const week = Math.floor((effect.atMs - firstMs) / (7 * DAY_MS));
    return [`${effect.change} ${effect.alert.explanation.params['measure']} week ${week}`];
  });
  const columns = engine.rules.homeColumnsOf('drift') as WeekColumns;
  return { notices, effects, weeks: weeksOf(engine.world, columns, engine.world.roster.homes.row(1)) };
}

const from = (week: number, change: Partial<Habits>) => (at: number) =>
  at < week ? USUAL : { ...USUAL, ...change };

describe('what is measured', () => {
  test('rest, signs, night visits and outings of usual weeks, with the days that were seen', () => {
    const { weeks, notices } = live({ weeks: 13 });
    expect(notices).toEqual([]);
    expect(weeks).toHaveLength(13);
    for (const week of weeks.slice(1, -1)) {
      expect(week.seenDays).toBe(7);
      expect(week.sleep).toBeGreaterThan(8.3 * 60);
      expect(week.sleep).toBeLessThan(9.3 * 60);
      expect(week['night-toilet']).toBeCloseTo(1, 1);
      expect(week.outings).toBeCloseTo(7, 1);
      expect(week.activity).toBeGreaterThan(80);
    }
  });

  test('a week ends on Monday at four of the home’s clock, also when clocks change', () => {
    const sunday = Date.parse('2026-03-29T01:30:00Z');
    const ends = Date.parse('2026-03-30T02:00:00Z');
    expect(nextWeekEndMs('Europe/Madrid', sunday)).toBe(ends);
    expect(nextWeekEndMs('Europe/Madrid', ends - 1)).toBe(ends);
    expect(nextWeekEndMs('Europe/Madrid', ends)).toBe(ends + 7 * DAY_MS);
    expect(nextWeekEndMs('Europe/Madrid', ends - 8 * DAY_MS)).toBe(ends - 7 * DAY_MS + HOUR_MS);
  });

  test.each(['2026-01-05', '2026-08-03'])(
    'weeks of %s with a change of clocks are weeks like others',
    (date) => {
      const { weeks, notices } = live({ weeks: 13, date, timezone: 'Europe/Madrid' });
      expect(notices).toEqual([]);
      const ends = weeks.map(({ endsAtMs }) => (endsAtMs + zoneOffsetMs('Europe/Madrid', endsAtMs)) % DAY_MS);
      expect(new Set(ends)).toEqual(new Set([4 * HOUR_MS]));
      expect(weeks.slice(1).every(({ seenDays }) => seenDays >= 6.9)).toBe(true);
    },
  );
});

describe('raises', () => {
  const changes: readonly (readonly [Measure, Partial<Habits>])[] = [
    ['sleep', { bedHour: 23.9, upHour: 5 }],
    ['activity', { signsPerHour: 2 }],
    ['night-toilet', { nightVisits: 4 }],
    ['outings', { outingsPerWeek: 1 }],
  ];
  test.each(changes)('%s that changes and stays changed: one notice', (measure, change) => {
    const { notices, effects } = live({ weeks: 13, habits: from(9, change) });
    expect(notices.filter((notice) => notice.includes(` ${measure} `))).toEqual([
      `raised ${measure} week 12`,
    ]);
    const raised = effects.find(({ type }) => type === 'alert');
    if (raised?.type !== 'alert') throw new Error('nothing was raised');
    expect(raised.alert).toMatchObject({ kind: 'drift', priority: 4, homeId: 'h-1', condition: 'active' });
    const { params } = effects.flatMap((effect) =>
      effect.type === 'alert' && effect.alert.explanation.params['measure'] === measure
        ? [effect.alert.explanation]
        : [],
    )[0]!;
    expect(params).toMatchObject({ measure, weeks: 3 });
    expect(Math.abs(Number(params['changePct']))).toBeGreaterThan(20);
  });

  test('slowly, over weeks', () => {
    const habits = (week: number): Habits => ({ ...USUAL, signsPerHour: 6 * 0.93 ** Math.max(0, week - 6) });
    const { notices } = live({ weeks: 22, habits });
    expect(notices[0]).toMatch(/^raised activity week 1[2-7]$/);
    expect(notices.filter((notice) => notice.startsWith('raised'))).toHaveLength(1);
  });
});

describe('does not raise', () => {
  test('for one odd week, or two', () => {
    expect(
      live({ weeks: 13, habits: (week) => (week === 9 ? { ...USUAL, signsPerHour: 1 } : USUAL) }).notices,
    ).toEqual([]);
  });

  test('in a home whose weeks always differ', () => {
    const habits = (week: number): Habits => ({ ...USUAL, outingsPerWeek: [7, 2, 5, 1][week % 4]! });
    expect(live({ weeks: 16, habits }).notices).toEqual([]);
  });

  test('when a sensor came with the change: the same life gives other figures', () => {
    const { notices, weeks } = live({ weeks: 14, habits: from(9, { nightVisits: 4 }), sensorFromDay: 63 });
    expect(notices).toEqual([]);
    expect(weeks).toHaveLength(6);
  });

  test('of a measure that nothing measured before', () => {
    const habits = (week: number): Habits => ({ ...USUAL, nightVisits: week < 9 ? 0 : 3 });
    expect(live({ weeks: 13, habits }).notices).toEqual([]);
  });

  test('before six usual weeks are known', () => {
    expect(live({ weeks: 8, habits: from(5, { nightVisits: 5 }) }).notices).toEqual([]);
  });

  test('when it is switched off', () => {
    const habits = from(9, { nightVisits: 4 });
    expect(live({ weeks: 13, habits, rules: { isOn: 0 } }).notices).toEqual([]);
  });

  test.each(['gateway', 'away', 'ours'] as const)('for weeks dark by %s, which are no weeks', (shade) => {
    const dark = (day: number) => (day >= 9 * 7 && day < 12 * 7 ? shade : null);
    const { notices, weeks } = live({ weeks: 15, dark });
    expect(notices).toEqual([]);
    expect(weeks.filter(({ seenDays }) => seenDays < 1)).toHaveLength(3);
  });

  test('for what a gateway kept while it was silent: of that time nothing counts', () => {
    const dark = (day: number) => (day >= 9 * 7 && day % 7 === 3 ? 'gateway' : null);
    expect(live({ weeks: 13, dark, isBuffered: true }).notices).toEqual([]);
  });

  test.each(['gateway', 'away', 'ours'] as const)('for three days of each week dark by %s', (shade) => {
    const dark = (day: number) => (day >= 9 * 7 && day % 7 >= 1 && day % 7 <= 3 ? shade : null);
    const { notices, weeks } = live({ weeks: 13, dark });
    expect(notices).toEqual([]);
    for (const { seenDays } of weeks.slice(-3)) expect(seenDays).toBeLessThan(5);
  });
});

describe('ends by itself', () => {
  test('when the old habit is back', () => {
    const habits = (week: number): Habits => (week >= 9 && week < 13 ? { ...USUAL, nightVisits: 4 } : USUAL);
    const { notices } = live({ weeks: 18, habits });
    expect(notices).toEqual(['raised night-toilet week 12', 'restored night-toilet week 15']);
  });

  test('when the new habit has become usual', () => {
    const { notices } = live({ weeks: 26, habits: from(9, { nightVisits: 4 }) });
    expect(notices[0]).toBe('raised night-toilet week 12');
    expect(notices[1]).toMatch(/^restored night-toilet week 1[5-9]$/);
    expect(notices).toHaveLength(2);
  });

  test('and not again within a month', () => {
    // Three weeks on, three off: without the month it would be told each time.
    const habits = (week: number): Habits =>
      week >= 9 && week % 3 !== 2 ? { ...USUAL, nightVisits: 5 } : USUAL;
    const raised = live({ weeks: 24, habits }).effects.filter(
      (effect) => effect.type === 'alert' && effect.change === 'raised',
    );
    for (let next = 1; next < raised.length; next++)
      expect(raised[next]!.atMs - raised[next - 1]!.atMs).toBeGreaterThanOrEqual(28 * DAY_MS - HOUR_MS);
  });
});

test('two residents: the measures are of the home', () => {
  const { notices } = live({ weeks: 13, residents: 2, habits: from(9, { nightVisits: 4 }) });
  expect(notices).toEqual(['raised night-toilet week 12']);
});

test('after a pause of years nothing is usual any more', () => {
  const { entries } = new Life({ weeks: 10 });
  const engine = new Engine([drift]);
  for (const entry of entries) engine.step(entry);
  const last = entries.at(-1)!;
  const atMs = last.atMs + 900 * DAY_MS;
  engine.step({
    offset: last.offset + 1,
    atMs,
    body: { type: 'resumed', reason: 'start', fromMs: last.atMs, coreVersion: 'test' },
  });
  engine.step({ offset: last.offset + 2, atMs: atMs + 7 * DAY_MS, body: { type: 'tick' } });
  const columns = engine.rules.homeColumnsOf('drift') as WeekColumns;
  const weeks = weeksOf(engine.world, columns, engine.world.roster.homes.row(1));
  expect(weeks.length).toBeLessThanOrEqual(3);
  expect(MEASURES).toHaveLength(4);
});

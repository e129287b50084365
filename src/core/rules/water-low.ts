// R8: somebody is in and hardly draws water. Judged when a meter is read, up to the oldest reading of all meters, so
// never on a meter that is silent. An absence excuses; so does a gap in what we know.
// The cities use a plain 12 h day and night. Bed at nine and the first tap at nine are twelve dry hours as well, and a
// call centre cannot ring at every second breakfast: by default the time looked at grows backwards until it holds six
// hours of daytime. Who last drew water at 21:00 is asked for at 11:00, who did at 08:00 at 20:00. `leastDayMs` 0 is
// the rule of the cities. A meter that counts in steps larger than the limit cannot show it: no verdict on its home.

import {
  litersInSlot,
  meterStepLiters,
  WATER_SLOT_MS,
  WATER_SLOTS,
  waterReadAtMs,
  waterSlotAt,
} from '../facts/water.ts';
import type { ObservationBody } from '../model/entry.ts';
import { zoneOffsetMs } from '../state/local-time.ts';
import { PRESENCE } from '../state/roster.ts';
import type { HomeRow } from '../state/row.ts';
import { isDayTime } from './day-time.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const PARAMETERS = {
  isOn: {
    default: 1,
    min: 0,
    max: 1,
    unit: 'switch',
    meaning: 'Watch for homes that draw hardly any water',
    source: 'R8',
  },
  liters: {
    default: 10,
    min: 0.5,
    max: 1000,
    unit: 'liters',
    meaning: 'Less than this within the window raises an alert',
    source: 'R8: 0.01 m³ (Shanghai Changning, Shenzhen Longgang, Taicang); Ningbo Haishu 8 l',
  },
  windowMs: {
    default: 12 * HOUR_MS,
    min: HOUR_MS,
    max: DAY_MS,
    unit: 'ms',
    meaning: 'Time in which water must have been drawn',
    source: 'R8: 12 h (Shanghai, Shenzhen); Taicang, Ningbo, Liaocheng 24 h',
  },
  leastDayMs: {
    default: 6 * HOUR_MS,
    min: 0,
    max: 12 * HOUR_MS,
    unit: 'ms',
    meaning: 'The window grows until it holds so much daytime; 0: day and night alike',
    source: 'Our own choice: a night of eight hours is normally dry; as long as the silence of R2a by day',
  },
  dayStartMinute: {
    default: 6 * 60,
    min: 0,
    max: 1439,
    unit: 'minute-of-day',
    meaning: 'Local time at which the day begins',
    source: 'R2a',
  },
  nightStartMinute: {
    default: 22 * 60,
    min: 0,
    max: 1439,
    unit: 'minute-of-day',
    meaning: 'Local time at which the night begins',
    source: 'R2a',
  },
  staleMs: {
    default: 2 * HOUR_MS,
    min: 5 * 60_000,
    max: 48 * HOUR_MS,
    unit: 'ms',
    meaning: 'An older reading is no ground for an alert; longer where meters send once a day',
    source: 'R8: fresh readings',
  },
} as const;

const HOME_COLUMNS = {
  isRaised: 'u8',
  /** When somebody last came in. */
  inSinceMs: 'f64',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const waterLow = defineRule({
  id: 'water-low',
  title: 'Hardly any water drawn',
  alertKinds: ['water-low'],
  priority: 3,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: ['water_liters'],
  start: (context) => ({
    onReading: (reading, home) => onReading(context, reading, home),
    onPresence: (home) => onPresence(context, home),
  }),
});

function onPresence(context: Context, home: HomeRow): void {
  const { inSinceMs } = context.home();
  if (context.world.roster.homes.columns.presence.get(home) !== PRESENCE.away) {
    if (inSinceMs[home]! <= 0) inSinceMs[home] = context.world.nowMs;
    return;
  }
  // Negative while nobody is in: `onPresence` also speaks of a declared end, which is no return.
  inSinceMs[home] = -1;
  end(context, home);
}

function end(context: Context, home: HomeRow): void {
  // Whoever was raised is to be looked at, though the water runs again: it never closes by itself.
  endEpisode(context, context.home().isRaised, home, false);
}

function onReading(context: Context, observation: ObservationBody, home: HomeRow): void {
  if (typeof observation.value !== 'number') return;
  const { world } = context;
  const settings = context.settings(home);
  const readAtMs = waterReadAtMs(world, home);
  if (readAtMs === 0) return;
  const look = lookBack(context, home, readAtMs);
  const { isRaised } = context.home();
  if (isRaised.get(home) === 1) {
    if (look.liters >= settings.liters || settings.isOn === 0) end(context, home);
    return;
  }
  if (look.liters >= settings.liters || !isJudged(context, home, readAtMs, look.fromMs)) return;
  isRaised.set(home, 1);
  raise(context, home, readAtMs, look);
}

/** In all the time, on meters that were read all the time, and fresh. */
function isJudged(context: Context, home: HomeRow, readAtMs: number, fromMs: number): boolean {
  const { world } = context;
  const { isOn, staleMs, liters } = context.settings(home);
  const { presence, waterKnownSinceMs } = world.roster.homes.columns;
  if (isOn === 0 || !world.roster.isWatched(home) || presence.get(home) === PRESENCE.away) return false;
  if (world.nowMs - readAtMs > staleMs || meterStepLiters(world, home) > liters) return false;
  return Math.max(waterKnownSinceMs[home]!, context.home().inSinceMs[home]!) <= fromMs;
}

interface Look {
  liters: number;
  fromMs: number;
}

/** One for all: looked at once per reading, read at once. */
const found: Look = { liters: 0, fromMs: 0 };

/** Whole half hours backwards until the window is full, or enough was drawn. */
function lookBack(context: Context, home: HomeRow, readAtMs: number): Look {
  const { world } = context;
  const settings = context.settings(home);
  // One offset for the whole window: half hours are too coarse for the hour of a clock change.
  const offsetMs = zoneOffsetMs(world.roster.timezoneOf(home), readAtMs);
  const head = waterSlotAt(readAtMs);
  let dayMs = 0;
  found.liters = litersInSlot(world, home, head);
  found.fromMs = head * WATER_SLOT_MS;
  for (let slot = head - 1; slot > head - WATER_SLOTS && found.liters < settings.liters; slot--) {
    if (readAtMs - found.fromMs >= settings.windowMs && dayMs >= settings.leastDayMs) break;
    found.liters += litersInSlot(world, home, slot);
    found.fromMs = slot * WATER_SLOT_MS;
    if (isDayTime(((found.fromMs + offsetMs) % DAY_MS) / 60_000, settings)) dayMs += WATER_SLOT_MS;
  }
  return found;
}

function raise(context: Context, home: HomeRow, readAtMs: number, { liters, fromMs }: Look): void {
  context.raise({
    kind: 'water-low',
    priority: 3,
    subject: homeSubject(context.world, home),
    cause: `read-${readAtMs}`,
    ...homePlace(context.world.roster, home),
    lateByMs: Math.max(0, context.world.nowMs - readAtMs),
    explanation: {
      code: 'water-low',
      params: {
        usedLiters: Math.round(liters * 10) / 10,
        windowMs: readAtMs - fromMs,
        thresholdLiters: context.settings(home).liters,
        lastReadingAtMs: readAtMs,
      },
    },
  });
}

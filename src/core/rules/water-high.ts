// R9: far more water than a household draws: a burst pipe, a tap left open, or somebody who cannot close it. An empty
// home is judged as well: a leak there is worse. One alert per episode, over when a day's use is back below.

import { litersInLastSlots, WATER_SLOT_MS } from '../facts/water.ts';
import type { ObservationBody } from '../model/entry.ts';
import type { HomeRow } from '../state/row.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const HOUR_MS = 3_600_000;
/** Back below this share of the limit: over. The sum of a day moves by single baths. */
const CLEAR_SHARE = 0.9;

const PARAMETERS = {
  isOn: {
    default: 1,
    min: 0,
    max: 1,
    unit: 'switch',
    meaning: 'Watch for homes that draw too much water',
    source: 'R9',
  },
  liters: {
    default: 2000,
    min: 50,
    max: 20_000,
    unit: 'liters',
    meaning: 'More than this within the window raises an alert',
    source: 'R9: 2 m³ (Shanghai Jing’an); Liaocheng 1 m³',
  },
  windowMs: {
    default: 24 * HOUR_MS,
    min: HOUR_MS,
    max: 24 * HOUR_MS,
    unit: 'ms',
    meaning: 'Time over which the water is added up',
    source: 'R9: a day',
  },
} as const;

const HOME_COLUMNS = {
  isRaised: 'u8',
  /** Until all that was ever drawn reaches this, no window can hold too much; spares adding it up at each reading. */
  untilLiters: 'f64',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const waterHigh = defineRule({
  id: 'water-high',
  title: 'Too much water drawn',
  alertKinds: ['water-high'],
  priority: 3,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: ['water_liters'],
  start: (context) => ({
    onReading: (reading, home) => onReading(context, reading, home),
    onConfigured: (home) => {
      context.home().untilLiters[home] = 0;
    },
  }),
});

function onReading(context: Context, observation: ObservationBody, home: HomeRow): void {
  const { world } = context;
  if (typeof observation.value !== 'number' || !world.roster.isWatched(home)) return;
  const { isOn, liters, windowMs } = context.settings(home);
  const { isRaised, untilLiters } = context.home();
  const drawnLiters = world.roster.homes.columns.waterLiters[home]!;
  if (isRaised.get(home) === 0 && drawnLiters < untilLiters[home]!) return;
  const used = litersInLastSlots(world, home, Math.floor(windowMs / WATER_SLOT_MS));
  // A quarter of a litre for what the slots round off.
  untilLiters[home] = drawnLiters - used + liters - 0.25;
  if (isRaised.get(home) === 1) {
    if (used > liters * CLEAR_SHARE && isOn === 1) return;
    endEpisode(context, isRaised, home, false);
  } else if (isOn === 1 && used > liters) {
    isRaised.set(home, 1);
    raise(context, observation, home, used);
  }
}

function raise(context: Context, observation: ObservationBody, home: HomeRow, used: number): void {
  const { world } = context;
  const { liters, windowMs } = context.settings(home);
  const readAtMs = Math.min(observation.measuredAtMs, world.nowMs);
  context.raise({
    kind: 'water-high',
    priority: 3,
    subject: homeSubject(context.world, home),
    cause: `read-${readAtMs}`,
    ...homePlace(world.roster, home),
    lateByMs: world.nowMs - readAtMs,
    explanation: {
      code: 'water-high',
      params: { usedLiters: Math.round(used), windowMs, thresholdLiters: liters, lastReadingAtMs: readAtMs },
    },
  });
}

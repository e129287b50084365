// R9: water flows in every half hour of a day, night included: a leak, or a tap left open, however little it is. A
// half hour that was not read neither proves a leak nor its end; a dry one ends it.

import {
  flowInSlot,
  litersInSlot,
  WATER_DRY,
  WATER_FLOWED,
  WATER_SLOT_MS,
  WATER_UNREAD,
} from '../facts/water.ts';
import type { ObservationBody } from '../model/entry.ts';
import type { HomeRow } from '../state/row.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const PARAMETERS = {
  isOn: {
    default: 1,
    min: 0,
    max: 1,
    unit: 'switch',
    meaning: 'Watch for water that never stops',
    source: 'R9',
  },
  slots: {
    default: 48,
    min: 8,
    max: 48,
    unit: 'count',
    meaning: 'Half hours in a row with flow that raise an alert',
    source: 'R9: every half hour of a day (Shenzhen Longgang)',
  },
  unreadSlots: {
    default: 4,
    min: 0,
    max: 12,
    unit: 'count',
    meaning: 'Half hours without a reading that may be among them',
    source: 'Our own choice: one lost report in twelve must not hide a leak for another day',
  },
} as const;

const HOME_COLUMNS = { isRaised: 'u8' } as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const waterContinuous = defineRule({
  id: 'water-continuous',
  title: 'Water never stops',
  alertKinds: ['water-continuous'],
  priority: 3,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: ['water_liters'],
  start: (context) => ({ onReading: (reading, home) => onReading(context, reading, home) }),
});

function onReading(context: Context, observation: ObservationBody, home: HomeRow): void {
  const { world } = context;
  if (typeof observation.value !== 'number' || !world.roster.isWatched(home)) return;
  // The running half hour may yet stay dry.
  const last = world.roster.homes.columns.waterHead.get(home) - 1;
  const { isOn } = context.settings(home);
  const { isRaised } = context.home();
  if (isRaised.get(home) === 1) {
    if (isOn === 1 && flowInSlot(world, home, last) !== WATER_DRY) return;
    endEpisode(context, isRaised, home, false);
  } else if (isOn === 1 && hasRunSince(context, home, last)) {
    isRaised.set(home, 1);
    raise(context, home, last);
  }
}

function hasRunSince(context: Context, home: HomeRow, last: number): boolean {
  const { world } = context;
  const { slots, unreadSlots } = context.settings(home);
  // Both ends are seen to flow, so that what was before the meter came is no part of it.
  const isBegun = flowInSlot(world, home, last - slots + 1) === WATER_FLOWED;
  if (!isBegun || flowInSlot(world, home, last) !== WATER_FLOWED) return false;
  let unread = 0;
  for (let slot = last; slot > last - slots; slot--) {
    const flow = flowInSlot(world, home, slot);
    if (flow === WATER_DRY) return false;
    if (flow === WATER_UNREAD && ++unread > unreadSlots) return false;
  }
  return true;
}

function raise(context: Context, home: HomeRow, last: number): void {
  const { world } = context;
  const { slots } = context.settings(home);
  let used = 0;
  for (let slot = last; slot > last - slots; slot--) used += litersInSlot(world, home, slot);
  const endMs = (last + 1) * WATER_SLOT_MS;
  context.raise({
    kind: 'water-continuous',
    priority: 3,
    subject: homeSubject(context.world, home),
    cause: `slot-${last}`,
    ...homePlace(world.roster, home),
    lateByMs: 0,
    explanation: {
      code: 'water-continuous',
      params: { sinceMs: endMs - slots * WATER_SLOT_MS, usedLiters: Math.round(used * 10) / 10 },
    },
  });
}

// R13: a battery that will soon be empty. With hysteresis, because a cold night makes a battery look empty for hours.
// In a home that is not watched nobody is told; whoever watches it again is, by the next report.

import { batteryPctOf } from '../facts/battery.ts';
import type { ObservationBody } from '../model/entry.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { devicePlace, deviceSubject } from './subject.ts';

const PARAMETERS = {
  lowPct: {
    default: 20,
    min: 1,
    max: 90,
    unit: 'percent',
    meaning: 'At or below: change the battery',
    source: 'R13: ≤ 20 %',
  },
  recoveredPct: {
    default: 30,
    min: 2,
    max: 100,
    unit: 'percent',
    meaning: 'At or above: changed',
    source: 'hysteresis of 10 points: a reading moves by a few points with temperature',
  },
} as const;

const DEVICE_COLUMNS = { isRaised: 'u8' } as const;

type Context = RuleContext<typeof PARAMETERS, Record<never, never>, typeof DEVICE_COLUMNS>;

export const lowBattery = defineRule({
  id: 'low-battery',
  title: 'Battery low',
  alertKinds: ['low-battery'],
  priority: 4,
  parameters: PARAMETERS,
  homeColumns: {},
  deviceColumns: DEVICE_COLUMNS,
  kinds: ['*'],
  start: (context) => ({
    onReading: (reading, home, device) => onReading(context, reading, home, device),
  }),
});

function onReading(context: Context, observation: ObservationBody, home: HomeRow, device: DeviceRow): void {
  const batteryPct = batteryPctOf(observation);
  if (batteryPct === null) return;
  const { isRaised } = context.device();
  const { lowPct, recoveredPct } = context.settings(home);
  if (isRaised.get(device) === 1) {
    // Settings may cross: what is low has not recovered.
    if (batteryPct < recoveredPct || batteryPct <= lowPct) return;
    isRaised.set(device, 0);
    context.clear(deviceSubject(context.world, device), true);
  } else if (batteryPct <= lowPct && context.world.roster.isWatched(home)) {
    isRaised.set(device, 1);
    raise(context, observation, device, batteryPct, lowPct);
  }
}

function raise(
  context: Context,
  observation: ObservationBody,
  device: DeviceRow,
  batteryPct: number,
  thresholdPct: number,
): void {
  context.raise({
    kind: 'low-battery',
    priority: 4,
    subject: deviceSubject(context.world, device),
    cause: `${observation.eventId ?? context.world.nowMs}`,
    isReport: true,
    ...devicePlace(context.world.roster, device),
    lateByMs: 0,
    explanation: { code: 'low-battery', params: { batteryPct, thresholdPct } },
  });
}

// A device was opened or taken off the wall. Periodic reports of the same state say nothing new. In a home that is not
// watched nobody is told; whoever watches it again is, by the next report.

import type { ObservationBody } from '../model/entry.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { devicePlace, deviceSubject } from './subject.ts';

const DEVICE_COLUMNS = { isRaised: 'u8' } as const;

type Context = RuleContext<Record<never, never>, Record<never, never>, typeof DEVICE_COLUMNS>;

export const tamper = defineRule({
  id: 'tamper',
  title: 'Device tampered with',
  alertKinds: ['tamper'],
  priority: 4,
  parameters: {},
  homeColumns: {},
  deviceColumns: DEVICE_COLUMNS,
  kinds: ['tamper'],
  start: (context) => ({
    onReading: (reading, home, device) => onReading(context, reading, home, device),
  }),
});

function onReading(context: Context, observation: ObservationBody, home: HomeRow, device: DeviceRow): void {
  const { value } = observation;
  if (typeof value !== 'boolean') return;
  const { isRaised } = context.device();
  if ((isRaised.get(device) === 1) === value) return;
  if (!value) {
    isRaised.set(device, 0);
    context.clear(deviceSubject(context.world, device), true);
    return;
  }
  if (!context.world.roster.isWatched(home)) return;
  isRaised.set(device, 1);
  context.raise({
    kind: 'tamper',
    priority: 4,
    subject: deviceSubject(context.world, device),
    cause: `${observation.eventId ?? context.world.nowMs}`,
    isReport: true,
    ...devicePlace(context.world.roster, device),
    lateByMs: 0,
    explanation: { code: 'tamper', params: { deviceId: observation.deviceId } },
  });
}

// R12: a sensor that does not report within its supervision window although its gateway does. It never looks like a
// quiet elder: while it is silent it does not count for coverage.

import type { Explanation } from '../model/alert.ts';
import { LINK } from '../state/roster.ts';
import type { DeviceRow } from '../state/row.ts';
import type { World } from '../state/world.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { devicePlace, deviceSubject } from './subject.ts';

type Context = RuleContext<Record<never, never>, Record<never, never>, Record<never, never>>;

export const deviceSilent = defineRule({
  id: 'device-silent',
  title: 'Device offline',
  alertKinds: ['device-silent'],
  priority: 4,
  parameters: {},
  homeColumns: {},
  deviceColumns: {},
  kinds: [],
  start: (context) => ({ onDeviceLink: (device, isTold) => onDeviceLink(context, device, isTold) }),
});

function onDeviceLink(context: Context, device: DeviceRow, isTold: boolean): void {
  const { roster } = context.world;
  const { link, home } = roster.devices.columns;
  if (link.get(device) === LINK.online) {
    context.clear(deviceSubject(context.world, device), true);
    return;
  }
  if (!roster.isWatched(home.get(device))) return;
  context.raise({
    kind: 'device-silent',
    priority: 4,
    subject: deviceSubject(context.world, device),
    cause: `due-${context.world.nowMs}`,
    ...devicePlace(roster, device),
    lateByMs: 0,
    explanation: explanationOf(context.world, device, isTold),
  });
}

/** Its gateway told us, it never spoke, or it is quiet for longer than its class allows: then a window is over. */
function explanationOf({ roster }: World, device: DeviceRow, isTold: boolean): Explanation {
  const { lastSeenAtMs, windowMs, knownSinceMs } = roster.devices.columns;
  const kind = roster.kindOf(device);
  const seenAtMs = lastSeenAtMs[device]!;
  if (isTold)
    return { code: 'device-silent.told', params: { lastSeenAtMs: seenAtMs === 0 ? null : seenAtMs, kind } };
  if (seenAtMs === 0)
    return { code: 'device-silent.never', params: { sinceMs: knownSinceMs[device]!, kind } };
  return { code: 'device-silent', params: { lastSeenAtMs: seenAtMs, windowMs: windowMs[device]!, kind } };
}

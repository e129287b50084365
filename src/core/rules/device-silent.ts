// R12: a sensor that does not report within its supervision window although its gateway does. It never looks like a
// quiet elder: while it is silent it does not count for coverage.

import { LINK } from '../state/roster.ts';
import type { DeviceRow } from '../state/row.ts';
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
  start: (context) => ({ onDeviceLink: (device) => onDeviceLink(context, device) }),
});

function onDeviceLink(context: Context, device: DeviceRow): void {
  const { roster } = context.world;
  const { link, lastSeenAtMs, windowMs, home } = roster.devices.columns;
  if (link[device] === LINK.online) {
    context.clear(deviceSubject(context.world, device), true);
    return;
  }
  if (!roster.isWatched(home[device]!)) return;
  const seenAtMs = lastSeenAtMs[device]!;
  const place = devicePlace(roster, device);
  const window = windowMs[device]!;
  context.raise({
    kind: 'device-silent',
    priority: 4,
    subject: deviceSubject(context.world, device),
    cause: `due-${context.world.nowMs}`,
    ...place,
    lateByMs: 0,
    explanation: {
      code: 'device-silent',
      params: {
        lastSeenAtMs: seenAtMs === 0 ? null : seenAtMs,
        windowMs: Number.isFinite(window) ? window : null,
        kind: roster.kindOf(device),
      },
    },
  });
}

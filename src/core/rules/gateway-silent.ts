// R12: a gateway that does not speak. Raised once, with the devices behind it muted; restored by itself when it is
// back and nobody has taken the alert.

import { LINK } from '../state/roster.ts';
import type { GatewayRow } from '../state/row.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { gatewayPlace, gatewaySubject } from './subject.ts';

type Context = RuleContext<Record<never, never>, Record<never, never>, Record<never, never>>;

export const gatewaySilent = defineRule({
  id: 'gateway-silent',
  title: 'Gateway offline',
  alertKinds: ['gateway-silent'],
  priority: 4,
  parameters: {},
  homeColumns: {},
  deviceColumns: {},
  kinds: [],
  start: (context) => ({ onGatewayLink: (gateway) => onGatewayLink(context, gateway) }),
});

function onGatewayLink(context: Context, gateway: GatewayRow): void {
  const { roster } = context.world;
  const { link, lastSeenAtMs, windowMs, linkLostAtMs } = roster.gateways.columns;
  if (link[gateway] === LINK.online) {
    context.clear(gatewaySubject(context.world, gateway), true);
    return;
  }
  const heardAtMs = lastSeenAtMs[gateway]!;
  const window = windowMs[gateway]!;
  context.raise({
    kind: 'gateway-silent',
    priority: 4,
    subject: gatewaySubject(context.world, gateway),
    cause: `${roster.gatewayIdOf(gateway)}~due-${context.world.nowMs}`,
    ...gatewayPlace(roster, gateway),
    lateByMs: 0,
    explanation: {
      code: 'gateway-silent',
      params: {
        lastSeenAtMs: heardAtMs === 0 ? null : heardAtMs,
        windowMs: Number.isFinite(window) ? window : null,
        linkLost: linkLostAtMs[gateway] !== 0,
      },
    },
  });
}

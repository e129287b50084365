// R12: a gateway that does not speak. Raised once, with the devices behind it muted; restored by itself when it is
// back and nobody has taken the alert.

import type { Explanation } from '../model/alert.ts';
import { LINK } from '../state/roster.ts';
import type { GatewayRow } from '../state/row.ts';
import type { World } from '../state/world.ts';
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
  if (roster.gateways.columns.link.get(gateway) === LINK.online) {
    context.clear(gatewaySubject(context.world, gateway), true);
    return;
  }
  context.raise({
    kind: 'gateway-silent',
    priority: 4,
    subject: gatewaySubject(context.world, gateway),
    cause: `${roster.gatewayIdOf(gateway)}~due-${context.world.nowMs}`,
    ...gatewayPlace(roster, gateway),
    lateByMs: 0,
    explanation: explanationOf(context.world, gateway),
  });
}

/** It never spoke, it was cut off, or it is quiet for longer than its class allows: then a window is over. */
function explanationOf({ roster }: World, gateway: GatewayRow): Explanation {
  const { lastSeenAtMs, windowMs, linkLostAtMs, knownSinceMs } = roster.gateways.columns;
  const seen = { lastSeenAtMs: lastSeenAtMs[gateway]! };
  if (seen.lastSeenAtMs === 0)
    return { code: 'gateway-silent.never', params: { sinceMs: knownSinceMs[gateway]! } };
  if (linkLostAtMs[gateway]! > 0)
    return { code: 'gateway-silent.lost', params: { sinceMs: linkLostAtMs[gateway]!, ...seen } };
  return { code: 'gateway-silent', params: { windowMs: windowMs[gateway]!, ...seen } };
}

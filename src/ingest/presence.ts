// What gateways' links tell the core: online, alive, gone. Sessions are counted per gateway, since several at once
// are normal (one for telemetry, one for alarms, a new one before the old is noticed dead): only the last one counts.
// Says no more than the core needs: an observation in the log proves life by itself.
// A clean DISCONNECT is no loss: gateways that connect for one message do it all day. Whoever means to go away
// says {"online":false} first; whoever does not is found by its supervision window.

import type { GatewayLinkBody } from '#core/model/entry.ts';
import type { Clock } from '#journal/journal.ts';
import type { GatewayEntry } from '#registry/registry.ts';
import type { Runtime } from '#runtime/runtime.ts';
import type { IngestLog } from './refusal-keeper.ts';

/** 25 s: three proofs of life fit into the shortest supervision window (90 s), with time to spare. */
export const HEARTBEAT_EVERY_MS = 25_000;

export interface PresenceOptions {
  readonly submit: Runtime['submit'];
  readonly clock: Clock;
  readonly log: IngestLog;
}

export interface Presence {
  /** A session logged in. */
  sessionOpened(gateway: GatewayEntry): void;
  /** A session is gone; `isGoodbye`: by DISCONNECT. */
  sessionClosed(gateway: GatewayEntry, isGoodbye: boolean): void;
  /** The gateway said so on its status topic, or its last will did. */
  status(gateway: GatewayEntry, online: boolean, isWill: boolean): void;
  /** It lives, by something that is not in the log: a ping, a refused frame, a resend. */
  alive(gateway: GatewayEntry): void;
  /** An observation of it is in the log. */
  recorded(gateway: GatewayEntry): void;
  /** Sessions open now. */
  sessionCount(gatewayId: string): number;
}

interface Link {
  sessionCount: number;
  /** What the log says last, as far as we know. */
  said: 'online' | 'offline' | 'unknown';
  provedAtMs: number;
}

export function createPresence({ submit, clock, log }: PresenceOptions): Presence {
  const links = new Map<string, Link>();

  function linkOf(gatewayId: string): Link {
    let link = links.get(gatewayId);
    if (link === undefined) {
      link = { sessionCount: 0, said: 'unknown', provedAtMs: Number.NEGATIVE_INFINITY };
      links.set(gatewayId, link);
    }
    return link;
  }

  function say(gateway: GatewayEntry, link: Link, online: boolean, reason: GatewayLinkBody['reason']): void {
    link.said = online ? 'online' : 'offline';
    link.provedAtMs = clock.nowMs();
    const body: GatewayLinkBody = { type: 'gateway-link', gateway: gateway.gateway, online, reason };
    submit([{ body, identity: null }]).catch((error: unknown) => {
      // Not in the log, so not said: the next sign of life says it again.
      link.said = 'unknown';
      log.error({ gatewayId: gateway.gatewayId, reason, error }, 'link not recorded');
    });
  }

  function prove(gateway: GatewayEntry, reason: GatewayLinkBody['reason']): void {
    const link = linkOf(gateway.gatewayId);
    const isFresh = clock.nowMs() - link.provedAtMs < HEARTBEAT_EVERY_MS;
    if (link.said !== 'online' || !isFresh) say(gateway, link, true, reason);
  }

  return {
    sessionOpened(gateway) {
      linkOf(gateway.gatewayId).sessionCount++;
      prove(gateway, 'session-open');
    },
    sessionClosed(gateway, isGoodbye) {
      const link = linkOf(gateway.gatewayId);
      link.sessionCount--;
      if (link.sessionCount > 0 || isGoodbye || link.said === 'offline') return;
      say(gateway, link, false, 'session-lost');
    },
    status(gateway, online, isWill) {
      if (online) return prove(gateway, 'status');
      const link = linkOf(gateway.gatewayId);
      // The will of one session while another lives: a takeover, or one of two lines is cut. The gateway is there.
      if (isWill && link.sessionCount > 1) return;
      if (link.said !== 'offline') say(gateway, link, false, isWill ? 'will' : 'status');
    },
    alive: (gateway) => prove(gateway, 'heartbeat'),
    recorded(gateway) {
      const link = linkOf(gateway.gatewayId);
      link.said = 'online';
      link.provedAtMs = clock.nowMs();
    },
    sessionCount: (gatewayId) => links.get(gatewayId)?.sessionCount ?? 0,
  };
}

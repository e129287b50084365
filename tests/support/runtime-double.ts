// A running core for tests of the API: alerts in memory, commands answered like the contract says, effects
// handed to whoever listens. It knows no rules, no time and no log.

import type { Alert, AlertChange } from '#core/model/alert.ts';
import type { Command, CommandRefusal } from '#core/model/command.ts';
import { type Effect, effectId } from '#core/model/effect.ts';
import type { CommandResult, DeviceStatus, GatewayStatus, Runtime } from '#runtime/runtime.ts';
import { EPOCH_MS, makeAlert } from './alerts.ts';

export interface RuntimeDouble extends Runtime {
  readonly commands: Command[];
  readonly presence: [string, boolean][];
  readonly gatewayStatuses: Map<number, GatewayStatus>;
  readonly deviceStatuses: Map<number, DeviceStatus>;
  /** The next command rejects: its outcome is unknown. */
  failNext(error: Error): void;
  raise(alert: Partial<Alert>): Alert;
}

export function createRuntimeDouble(
  onEffects: (effects: readonly Effect[], offset: number) => void,
): RuntimeDouble {
  const alerts = new Map<string, Alert>();
  const commands: Command[] = [];
  const presence: [string, boolean][] = [];
  const gatewayStatuses = new Map<number, GatewayStatus>();
  const deviceStatuses = new Map<number, DeviceStatus>();
  let offset = 0;
  let cursor = '0:0';
  let failure: Error | null = null;

  function put(alert: Alert, change: AlertChange): Alert {
    offset += 1;
    const effect: Effect = { type: 'alert', change, alert, offset, index: 0, atMs: EPOCH_MS };
    cursor = effectId(effect);
    alerts.set(alert.id, alert);
    onEffects([effect], offset);
    return alert;
  }

  function decide(command: Command): CommandResult {
    const alert = alerts.get(command.alertId);
    if (!alert) return refused('no-such-alert');
    if (alert.handling === 'closed') return refused('already-closed');
    const next = { ...alert, version: alert.version + 1 };
    const holder = alert.claim?.staffId ?? null;
    switch (command.action) {
      case 'claim': {
        if (holder !== null && holder !== command.staffId) return refused('held-by-other', holder);
        const claim = {
          staffId: command.staffId,
          token: alert.claim?.token ?? offset + 1,
          atMs: EPOCH_MS,
          expiresAtMs: EPOCH_MS + 120_000,
        };
        return { ok: true, alert: put({ ...next, handling: 'claimed', claim }, 'claimed') };
      }
      case 'note': {
        const notes = [...alert.notes, { atMs: EPOCH_MS, staffId: command.staffId, text: command.text }];
        return { ok: true, alert: put({ ...next, notes }, 'noted') };
      }
      default: {
        if (!alert.claim) return refused('not-claimed');
        if (holder !== command.staffId || alert.claim.token !== command.token) return refused('claim-lost');
        if (command.action === 'release') {
          return { ok: true, alert: put({ ...next, handling: 'raised', claim: null }, 'released') };
        }
        if (command.action === 'acknowledge') {
          return { ok: true, alert: put({ ...next, handling: 'in-progress' }, 'acknowledged') };
        }
        const closed: Alert = {
          ...next,
          ...{ handling: 'closed', outcome: command.outcome, closedBy: command.staffId, claim: null },
        };
        return { ok: true, alert: put(closed, 'closed') };
      }
    }
  }

  return {
    commands,
    presence,
    gatewayStatuses,
    deviceStatuses,
    failNext(error) {
      failure = error;
    },
    raise: (alert) => put(makeAlert(alert), 'raised'),
    submit: () => Promise.reject(new Error('this double takes no readings')),
    async command(command) {
      commands.push(command);
      const error = failure;
      failure = null;
      if (error) throw error;
      return decide(command);
    },
    async deskPresence(staffId, present) {
      presence.push([staffId, present]);
    },
    openAlerts: () => [...alerts.values()].filter((alert) => alert.handling !== 'closed'),
    cursor: () => cursor,
    gatewayStatus: (gateway) => gatewayStatuses.get(gateway) ?? null,
    deviceStatus: (device) => deviceStatuses.get(device) ?? null,
  };
}

function refused(refusal: CommandRefusal, heldBy: string | null = null): CommandResult {
  return { ok: false, refusal, heldBy };
}

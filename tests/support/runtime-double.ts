// A running core for tests of the API: alerts in memory, commands answered like the contract says, effects
// handed to whoever listens. It knows no rules, no time and no log.

import type { Week } from '#core/facts/week.ts';
import type { Alert, AlertChange } from '#core/model/alert.ts';
import type { AlertCommand, CommandRefusal, HomeCommand } from '#core/model/command.ts';
import { type Effect, effectId } from '#core/model/effect.ts';
import type { HomeState } from '#core/model/home-state.ts';
import type { CommandResult, DeviceStatus, GatewayStatus, Runtime } from '#runtime/runtime.ts';
import { EPOCH_MS, makeAlert } from './alerts.ts';

export interface RuntimeDouble extends Runtime {
  readonly commands: AlertCommand[];
  readonly homeCommands: HomeCommand[];
  /** By the dense number of the home; a home that is missing is known and nothing is known of it. */
  readonly homeStates: Map<number, HomeState>;
  readonly weeks: Map<number, readonly Week[]>;
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
  const commands: AlertCommand[] = [];
  const homeCommands: HomeCommand[] = [];
  const homeStates = new Map<number, HomeState>();
  const weeks = new Map<number, readonly Week[]>();
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

  function decide(command: AlertCommand): CommandResult {
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
    homeCommands,
    homeStates,
    weeks,
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
    async homeCommand(command) {
      homeCommands.push(command);
      if (command.action === 'declare-away' && command.untilMs <= EPOCH_MS)
        return { ok: false, refusal: 'bad-end' };
      const state = homeStateAfter(command);
      homeStates.set(command.home, state);
      return { ok: true, state };
    },
    async deskPresence(staffId, present) {
      presence.push([staffId, present]);
    },
    openAlerts: () => [...alerts.values()].filter((alert) => alert.handling !== 'closed'),
    cursor: () => cursor,
    gatewayStatus: (gateway) => gatewayStatuses.get(gateway) ?? null,
    deviceStatus: (device) => deviceStatuses.get(device) ?? null,
    homeState: (home) => homeStates.get(home) ?? NOTHING_KNOWN,
    homeWeeks: (home) => weeks.get(home) ?? [],
  };
}

const NOTHING_KNOWN: HomeState = {
  presence: 'unknown',
  awaySinceMs: null,
  lastActivityAtMs: null,
  absence: null,
  gaps: [],
};

function homeStateAfter(command: HomeCommand): HomeState {
  if (command.action === 'declare-back') return { ...NOTHING_KNOWN, presence: 'home' };
  const { untilMs, staffId, note } = command;
  const absence = { untilMs, declaredAtMs: EPOCH_MS, staffId, note };
  return { ...NOTHING_KNOWN, presence: 'away', awaySinceMs: EPOCH_MS, absence };
}

function refused(refusal: CommandRefusal, heldBy: string | null = null): CommandResult {
  return { ok: false, refusal, heldBy };
}

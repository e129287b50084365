// Alerts and effects for tests: a complete alert with the fields a test does not care about filled in.

import type { Alert, AlertChange } from '#core/model/alert.ts';
import type { Effect } from '#core/model/effect.ts';

export const WEST_LAKE = '330106001001';
export const ELSEWHERE = '330206001001';
export const EPOCH_MS = Date.UTC(2026, 10, 22);

export function makeAlert(change: Partial<Alert> = {}): Alert {
  return {
    id: 'h1~sos~d1-1',
    kind: 'sos',
    rule: 'emergency',
    priority: 1,
    homeId: 'h1',
    districtCode: WEST_LAKE,
    gatewayId: 'g1',
    deviceId: 'd1',
    room: 'bedroom',
    condition: 'active',
    handling: 'raised',
    raisedAtMs: EPOCH_MS,
    updatedAtMs: EPOCH_MS,
    clearedAtMs: null,
    closedAtMs: null,
    lateByMs: 0,
    causeCount: 1,
    escalationLevel: 0,
    claim: null,
    notes: [],
    outcome: null,
    closedBy: null,
    explanation: { code: 'sos', params: { deviceId: 'd1', room: 'bedroom', lateByMs: 0 } },
    version: 1,
    ...change,
  };
}

export interface EffectPlace {
  readonly offset: number;
  readonly index?: number;
  readonly change?: AlertChange;
}

export function makeEffect(place: EffectPlace, alert: Partial<Alert> = {}): Effect {
  return {
    type: 'alert',
    change: place.change ?? 'raised',
    alert: makeAlert(alert),
    offset: place.offset,
    index: place.index ?? 0,
    atMs: EPOCH_MS,
  };
}

export function makeRefusal(offset: number, index = 0): Effect {
  return {
    type: 'command-refused',
    alertId: 'h1~sos~d1-1',
    staffId: 's1',
    refusal: 'claim-lost',
    heldBy: null,
    offset,
    index,
    atMs: EPOCH_MS,
  };
}

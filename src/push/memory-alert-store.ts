// AlertStore in memory: for tests and for the recording clock. Nothing survives the process; the log rebuilds
// it. The reference for the contract suite: every other adapter must answer like this one.

import type { Alert } from '#core/model/alert.ts';
import { type AlertEffect, type Effect, effectId } from '#core/model/effect.ts';
import type { AlertQuery, AlertStore } from './alert-store.ts';
import { areaPrefix } from './area.ts';
import { compareCursors, parseCursor } from './cursor.ts';

export interface MemoryAlertStoreOptions {
  /** Effects that a returning screen may have missed; an older cursor is answered with null. */
  readonly resumableEffects: number;
}

export function createMemoryAlertStore(options: MemoryAlertStoreOptions): AlertStore {
  const known = new Set<string>();
  const effects: Effect[] = [];
  const alerts = new Map<string, Alert>();
  let recordedOffset = 0;

  function take(effect: Effect): void {
    const id = effectId(effect);
    if (known.has(id)) return;
    known.add(id);
    effects.push(effect);
    if (effect.type !== 'alert') return;
    const held = alerts.get(effect.alert.id);
    if (!held || held.version < effect.alert.version) alerts.set(effect.alert.id, effect.alert);
  }

  return {
    record(offered, offset) {
      for (const effect of offered) take(effect);
      if (offset > recordedOffset) recordedOffset = offset;
    },
    recordedOffset: () => recordedOffset,
    flush: () => undefined,
    get: (alertId) => alerts.get(alertId) ?? null,
    list: (query) => listAlerts([...alerts.values()], query),
    history: (alertId) => effects.filter((effect) => isChangeOf(effect, alertId)),
    open: () => [...alerts.values()].filter((alert) => alert.handling !== 'closed').sort(oldestFirst),
    since(cursor, limit) {
      const from = parseCursor(cursor);
      if (!from) return null;
      const missed = effects.filter((effect) => compareCursors(effect, from) > 0);
      return missed.length > options.resumableEffects ? null : missed.slice(0, limit);
    },
    close: () => undefined,
  };
}

function isChangeOf(effect: Effect, alertId: string): effect is Effect & AlertEffect {
  return effect.type === 'alert' && effect.alert.id === alertId;
}

/** Time of raising, then id: the order of every list, and of its pages. */
function oldestFirst(a: Alert, b: Alert): number {
  return a.raisedAtMs - b.raisedAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function listAlerts(all: readonly Alert[], query: AlertQuery): ReturnType<AlertStore['list']> {
  const last = query.after === null ? null : all.find((alert) => alert.id === query.after);
  if (last === undefined) return { items: [], next: null };
  const found = all
    .filter((alert) => matches(alert, query) && (last === null || oldestFirst(alert, last) < 0))
    .sort((a, b) => oldestFirst(b, a));
  const items = found.slice(0, query.limit);
  return { items, next: found.length > items.length ? (items.at(-1)?.id ?? null) : null };
}

function matches(alert: Alert, query: AlertQuery): boolean {
  return (
    alert.districtCode.startsWith(areaPrefix(query.scope)) &&
    (query.homeId === null || alert.homeId === query.homeId) &&
    (query.handling === null || query.handling.includes(alert.handling)) &&
    (query.kind === null || query.kind.includes(alert.kind)) &&
    (query.raisedFromMs === null || alert.raisedAtMs >= query.raisedFromMs) &&
    (query.raisedUntilMs === null || alert.raisedAtMs < query.raisedUntilMs)
  );
}

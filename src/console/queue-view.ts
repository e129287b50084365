// The queue as it is looked at: filter, groups, the row the cursor is on, and the alert that is open.
// Alarm first: a filter never hides an unclaimed emergency.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';

import type { DeskAlert } from '#core/model/desk-message.ts';
import { word } from './language.ts';
import { countUnclaimed, type DeskState, isUnclaimed, type QueueGroup, queueOf } from './store.ts';

export interface QueueView {
  readonly filter: Signal<string>;
  readonly groups: ReadonlySignal<readonly QueueGroup[]>;
  readonly hiddenCount: ReadonlySignal<number>;
  /** Unclaimed alerts by priority, index 1 to 5; not touched by the filter. */
  readonly unclaimed: ReadonlySignal<readonly number[]>;
  readonly cursorId: Signal<string | null>;
  readonly openId: Signal<string | null>;
  readonly openAlert: ReadonlySignal<DeskAlert | null>;
  /** Moves the cursor by one row; from nowhere to the first. */
  move(by: 1 | -1): void;
  open(id: string): void;
  reset(): void;
}

export function createQueueView(state: Signal<DeskState>): QueueView {
  const filter = signal('');
  const cursorId = signal<string | null>(null);
  const openId = signal<string | null>(null);
  const shown = computed(() => {
    // Sorted once per change of the alerts, not once per beat.
    const needle = filter.value.trim().toLowerCase();
    return [...state.value.alerts.values()].filter((alert) => isShown(alert, needle));
  });
  const groups = computed(() => queueOf(shown.value));
  return {
    filter,
    groups,
    hiddenCount: computed(() => state.value.alerts.size - shown.value.length),
    unclaimed: computed(() => countUnclaimed(state.value.alerts.values())),
    cursorId,
    openId,
    openAlert: computed(() => state.value.alerts.get(openId.value ?? '') ?? null),
    move(by) {
      const ids = groups.value.flatMap((group) => group.alerts.map((alert) => alert.id));
      const at = ids.indexOf(cursorId.value ?? '');
      const next = at === -1 ? 0 : Math.min(ids.length - 1, Math.max(0, at + by));
      cursorId.value = ids[next] ?? null;
    },
    open(id) {
      cursorId.value = id;
      openId.value = id;
    },
    reset() {
      filter.value = '';
      cursorId.value = null;
      openId.value = null;
    },
  };
}

function isShown(alert: DeskAlert, needle: string): boolean {
  if (needle === '' || (alert.priority === 1 && isUnclaimed(alert))) return true;
  return searchedText(alert).toLowerCase().includes(needle);
}

function searchedText(alert: DeskAlert): string {
  const { home } = alert;
  const place =
    home === null ? '' : `${home.maskedElderName ?? ''} ${home.districtName} ${home.maskedAddress}`;
  return [word('kind', alert.kind), alert.kind, place, alert.homeId, alert.gatewayId, alert.deviceId].join(
    ' ',
  );
}

// Messages of the desk for the tests of the console's state.

import { applyMessage, type DeskState, EMPTY_DESK, type News } from '#console/store.ts';
import type { AlertChange } from '#core/model/alert.ts';
import type { AlertMessage, DeskAlert, DeskMessage } from '#core/model/desk-message.ts';
import { alertOf } from '../../support/desk-fixtures.ts';

export const NOW_MS = Date.UTC(2026, 10, 22, 8);

export function sos(number: number, change: Partial<DeskAlert> = {}): DeskAlert {
  return alertOf(number, 'sos', { nowMs: NOW_MS, agoMs: number * 1000, change });
}

export const HELLO: DeskMessage = {
  type: 'hello',
  serverTimeMs: NOW_MS + 5_000,
  staffId: 's1',
  consoleVersion: 'v1',
  clock: 'live',
};

export function snapshot(cursor: string, alerts: readonly DeskAlert[] = []): DeskMessage {
  return { type: 'snapshot', cursor, alerts };
}

export function alertMessage(
  previous: string,
  cursor: string,
  alert: DeskAlert,
  change: AlertChange = 'raised',
): AlertMessage {
  return { type: 'alert', previous, cursor, change, alert };
}

/** Folds messages; `news` and `gaps` are those of all of them. */
export function fold(messages: readonly DeskMessage[], from: DeskState = EMPTY_DESK) {
  const news: News[] = [];
  let gapCount = 0;
  let state = from;
  for (const message of messages) {
    const applied = applyMessage(state, message, NOW_MS);
    state = applied.state;
    news.push(...applied.news);
    if (applied.isGap) gapCount += 1;
  }
  return { state, news, gapCount };
}

import { describe, expect, it } from 'vitest';

import { applyAnswer, countUnclaimed, dismissNotice, nextToClaim, queueOf } from '#console/store.ts';
import { alertOf } from '../../support/desk-fixtures.ts';
import { alertMessage, fold, HELLO, NOW_MS, snapshot, sos } from './messages.ts';

describe('store of the console', () => {
  it('begins with a snapshot and follows messages in order', () => {
    const { state, news, gapCount } = fold([
      HELLO,
      snapshot('10:0', [sos(1)]),
      alertMessage('10:0', '12:0', sos(2)),
      { type: 'heartbeat', serverTimeMs: NOW_MS, cursor: '12:0' },
    ]);
    expect([...state.alerts.keys()]).toHaveLength(2);
    expect(state.cursor).toBe('12:0');
    expect(news.map((item) => item.type)).toEqual(['raised', 'raised']);
    expect(gapCount).toBe(0);
  });

  it('applies nothing after a gap, and reports it', () => {
    const { state, gapCount } = fold([HELLO, snapshot('10:0'), alertMessage('11:0', '12:0', sos(2))]);
    expect(gapCount).toBe(1);
    expect(state.alerts.size).toBe(0);
    expect(state.cursor).toBe('10:0');
  });

  it('sees by the heartbeat that the last message is missing', () => {
    const { gapCount } = fold([
      HELLO,
      snapshot('10:0'),
      { type: 'heartbeat', serverTimeMs: NOW_MS, cursor: '11:0' },
    ]);
    expect(gapCount).toBe(1);
  });

  it('takes an alert before any snapshot for a gap', () => {
    expect(fold([HELLO, alertMessage('10:0', '11:0', sos(1))]).gapCount).toBe(1);
  });

  it('never goes back to an older version', () => {
    const { state } = fold([
      snapshot('10:0', [sos(1, { version: 5, handling: 'claimed' })]),
      alertMessage('10:0', '11:0', sos(1, { version: 4 }), 'escalated'),
      snapshot('12:0', [sos(1, { version: 3 })]),
    ]);
    expect(state.alerts.get(sos(1).id)?.version).toBe(5);
  });

  it('does not let a repeated old message bring a closed alert back or ring it', () => {
    const closed = sos(1, { version: 3, handling: 'closed' });
    const first = fold([snapshot('10:0', [sos(1)]), alertMessage('10:0', '11:0', closed, 'closed')]);
    expect(first.state.alerts.size).toBe(0);
    const again = fold(
      [alertMessage('11:0', '12:0', sos(1, { version: 2 })), snapshot('13:0', [sos(1)])],
      first.state,
    );
    expect(again.state.alerts.size).toBe(0);
    expect(again.news).toEqual([]);
  });

  it('a snapshot forgets what is not in it and keeps quiet about what was known', () => {
    const { state, news } = fold([snapshot('10:0', [sos(1), sos(2)]), snapshot('20:0', [sos(2), sos(3)])]);
    expect([...state.alerts.keys()]).toEqual([sos(2).id, sos(3).id]);
    expect(news.map((item) => item.alert.id)).toEqual([sos(1).id, sos(2).id, sos(3).id]);
  });

  it('tells a further cause and a claim that was lost, in messages and in snapshots', () => {
    const claimed = sos(1, { version: 2, handling: 'claimed' });
    const { news } = fold([
      snapshot('10:0', [claimed, sos(2)]),
      alertMessage('10:0', '11:0', sos(1, { version: 3 }), 'lease-lost'),
      alertMessage('11:0', '12:0', sos(2, { version: 2, causeCount: 2 }), 'repeated'),
      alertMessage('12:0', '13:0', sos(2, { version: 3, causeCount: 2, escalationLevel: 1 }), 'escalated'),
      snapshot('20:0', [sos(1, { version: 3 }), sos(2, { version: 5, causeCount: 3 })]),
    ]);
    expect(news.slice(2).map((item) => item.type)).toEqual(['requeued', 'repeated', 'repeated']);
  });

  it('computes ages by the time of the service', () => {
    expect(fold([HELLO]).state.clockOffsetMs).toBe(5_000);
    // A recording may run ahead of our clock between two heartbeats.
    const ahead = sos(1, { updatedAtMs: NOW_MS + 60_000 });
    expect(fold([snapshot('10:0'), alertMessage('10:0', '11:0', ahead)]).state.clockOffsetMs).toBe(60_000);
  });

  it('takes in the answer of an order, with the home it knew, if it is newer', () => {
    const { state } = fold([snapshot('10:0', [sos(1, { version: 2 })])]);
    const { home: _home, ...answer } = sos(1, { version: 3, handling: 'claimed' });
    const next = applyAnswer(state, answer);
    expect(next.alerts.get(answer.id)).toMatchObject({
      handling: 'claimed',
      home: { maskedElderName: '王*' },
    });
    expect(applyAnswer(next, { ...answer, version: 2, handling: 'raised' })).toBe(next);
  });

  it('shows a notice once, and again only when it happens again', () => {
    const notice = { type: 'notice', code: 'storage-failing', atMs: 100, params: {} } as const;
    const shown = fold([notice, notice]).state;
    expect(shown.notices).toHaveLength(1);
    const dismissed = dismissNotice(shown, notice);
    expect(fold([notice], dismissed).state.notices).toEqual([]);
    expect(fold([{ ...notice, atMs: 200 }], dismissed).state.notices).toHaveLength(1);
  });

  it('orders by priority, then the oldest first; claiming moves nothing', () => {
    const late = alertOf(1, 'inactivity', { nowMs: NOW_MS, agoMs: 9_000 });
    const groups = queueOf([late, sos(1), sos(5, { handling: 'claimed' }), sos(3)]);
    expect(groups.map((group) => group.priority)).toEqual([1, 2]);
    expect(groups[0]?.alerts.map((alert) => alert.homeId)).toEqual(['home-5', 'home-3', 'home-1']);
    expect(queueOf([])).toEqual([]);
  });

  it('claims the chosen alert only when nothing more urgent waits', () => {
    const low = alertOf(9, 'low-battery', { nowMs: NOW_MS });
    const alerts = (...list: ReturnType<typeof sos>[]) => new Map(list.map((alert) => [alert.id, alert]));
    expect(nextToClaim(alerts(low, sos(1), sos(2)), low.id)?.id).toBe(sos(2).id);
    expect(nextToClaim(alerts(low, sos(1), sos(2)), sos(1).id)?.id).toBe(sos(1).id);
    expect(nextToClaim(alerts(low, sos(1, { handling: 'claimed' })), null)?.id).toBe(low.id);
    expect(nextToClaim(alerts(sos(1, { handling: 'claimed' })), sos(1).id)).toBeNull();
  });

  it('counts what nobody has claimed', () => {
    expect(countUnclaimed([sos(1), sos(2, { handling: 'in-progress' })])).toEqual([0, 1, 0, 0, 0, 0]);
  });
});

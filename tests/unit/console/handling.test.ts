// Method: the whole desk but its looks, with an API played by hand.

import { describe, expect, it } from 'vitest';

import type { AlertOrder, Answer, Api, Staff } from '#console/api.ts';
import { createDesk } from '#console/desk.ts';
import { RENEWAL_MS } from '#console/handling.ts';
import type { HomeCard } from '#console/home-card.ts';
import type { SocketLike } from '#console/link.ts';
import type { Alert } from '#core/model/alert.ts';
import type { DeskMessage } from '#core/model/desk-message.ts';
import { cardOf } from '../../support/desk-fixtures.ts';
import { alertMessage, HELLO, NOW_MS, snapshot, sos } from './messages.ts';

const ME: Staff = { staffId: 's1', login: 'lin', name: 'Lin', role: 'operator', districtCode: null };
const mine = { staffId: 's1', token: 11, atMs: NOW_MS, expiresAtMs: NOW_MS + 120_000 };

async function onDuty() {
  const orders: { id: string; order: AlertOrder; answer: (answer: Answer<Alert>) => void }[] = [];
  const cards: { homeId: string; answer: (answer: Answer<HomeCard>) => void }[] = [];
  const socket: SocketLike = { onmessage: null, onclose: null, close: () => undefined };
  const clock = { nowMs: NOW_MS };
  const api: Api = {
    logIn: async () => ({ ok: true, value: ME }),
    whoAmI: async () => ({ ok: true, value: ME }),
    logOut: async () => ({ ok: true, value: null }),
    staffNames: async () => new Map([['s2', 'Zhou']]),
    order: (id, order) => new Promise((answer) => orders.push({ id, order, answer })),
    card: (homeId) => new Promise((answer) => cards.push({ homeId, answer })),
    declareAway: async () => ({ ok: false, status: 422, code: 'bad-absence-end', heldBy: null }),
    declareBack: async () => ({ ok: false, status: 401, code: 'session-expired', heldBy: null }),
    get: () => new Promise(() => undefined),
    post: () => new Promise(() => undefined),
    remove: () => new Promise(() => undefined),
  };
  const desk = createDesk({
    api,
    openSocket: () => socket,
    player: {
      unlock: async () => undefined,
      health: () => 'ready',
      play: () => undefined,
      hush: () => undefined,
    },
    now: () => clock.nowMs,
    random: () => 0,
    consoleVersion: 'v1',
    onNews: () => undefined,
  });
  await desk.session.refresh();
  await desk.goOnDuty();
  const say = (message: DeskMessage): void => socket.onmessage?.({ data: JSON.stringify(message) });
  say(HELLO);
  say(snapshot('10:0', [sos(1), sos(2)]));
  return { desk, orders, cards, say, clock };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('handling of alerts', () => {
  it('is pending until the answer, and never mine before it', async () => {
    const { desk, orders } = await onDuty();
    const id = sos(1).id;
    void desk.claim(id);
    expect(desk.handling.pending.value.get(id)).toBe('claim');
    expect(desk.queue.openAlert.value?.handling).toBe('raised');
    void desk.claim(id);
    expect(orders).toHaveLength(1);
    orders[0]?.answer({ ok: true, value: sos(1, { version: 2, handling: 'claimed', claim: mine }) });
    await settle();
    expect(desk.handling.pending.value.size).toBe(0);
    expect(desk.handling.holds(desk.queue.openAlert.value!)).toBe(true);
  });

  it('closes after the acknowledgement that is still under way, once', async () => {
    const { desk, orders } = await onDuty();
    const { id } = sos(1);
    const claimed = sos(1, { version: 2, handling: 'claimed', claim: mine });
    void desk.claim(id);
    orders[0]?.answer({ ok: true, value: claimed });
    await settle();
    void desk.handling.acknowledge(id);
    const outcome = { code: 'AWAY', detail: 'known' } as const;
    const closing = desk.handling.close(id, outcome, null);
    expect(await desk.handling.close(id, outcome, null)).toBe(false);
    await settle();
    expect(orders.map(({ order }) => order.action)).toEqual(['claim', 'acknowledge']);
    // Also when it failed: closing is another wish, and the service decides about it.
    orders[1]?.answer({ ok: false, status: 503, code: 'unavailable', heldBy: null });
    await settle();
    expect(orders[2]).toMatchObject({ id, order: { action: 'close', token: 11, outcome } });
    expect(desk.handling.pending.value.get(id)).toBe('close');
    orders[2]?.answer({ ok: true, value: sos(1, { version: 4, handling: 'closed', claim: null }) });
    expect(await closing).toBe(true);
    expect(desk.handling.pending.value.size).toBe(0);
  });

  it('says who was faster', async () => {
    const { desk, orders } = await onDuty();
    void desk.claim(sos(1).id);
    orders[0]?.answer({ ok: false, status: 409, code: 'held-by-other', heldBy: 's2' });
    await settle();
    expect(desk.handling.remark.value).toMatchObject({
      key: 'answer.held-by-other',
      parameters: { name: 'Zhou' },
    });
    expect(desk.handling.holds(desk.queue.openAlert.value!)).toBe(false);
  });

  it('shows an expired session without touching the queue', async () => {
    const { desk, orders } = await onDuty();
    void desk.claim(sos(1).id);
    orders[0]?.answer({ ok: false, status: 401, code: 'session-expired', heldBy: null });
    await settle();
    expect(desk.session.isExpired.value).toBe(true);
    expect(desk.feed.state.value.alerts.size).toBe(2);
    expect(desk.sound.mode.value).toBe('p1');
    await desk.session.logIn('lin', 'x');
    expect(desk.session.isExpired.value).toBe(false);
    expect(await desk.session.logIn('zhou', 'x')).toBe('other-staff');
  });

  it('sends no order with a token it does not hold', async () => {
    const { desk, orders } = await onDuty();
    const outcome = { code: 'WELFARE_OK', detail: 'seen' } as const;
    expect(await desk.handling.close(sos(1).id, outcome, null)).toBe(false);
    expect(await desk.handling.acknowledge(sos(1).id)).toBe(false);
    expect(await desk.handling.release(sos(1).id)).toBe(false);
    expect(orders).toEqual([]);
    expect(desk.handling.remark.value?.key).toBe('answer.claimFirst');
  });

  it('renews the open claim of mine when I work on it, once in 30 s', async () => {
    const { desk, orders, say, clock } = await onDuty();
    desk.queue.open(sos(1).id);
    desk.handling.touch(desk.queue.openAlert.value);
    expect(orders).toEqual([]);
    say(alertMessage('10:0', '11:0', sos(1, { version: 2, handling: 'claimed', claim: mine }), 'claimed'));
    desk.handling.touch(desk.queue.openAlert.value);
    desk.handling.touch(desk.queue.openAlert.value);
    expect(orders.map(({ order }) => order)).toEqual([{ action: 'claim' }]);
    clock.nowMs += RENEWAL_MS - 1;
    desk.handling.touch(desk.queue.openAlert.value);
    expect(orders).toHaveLength(1);
    clock.nowMs += 1;
    desk.handling.touch(desk.queue.openAlert.value);
    expect(orders).toHaveLength(2);
  });

  it('tells me when my claim was lost, and closes the panel that stood on it', async () => {
    const { desk, say } = await onDuty();
    desk.queue.open(sos(1).id);
    say(alertMessage('10:0', '11:0', sos(1, { version: 2, handling: 'claimed', claim: mine }), 'claimed'));
    desk.panel.value = 'close';
    say(alertMessage('11:0', '12:0', sos(1, { version: 3 }), 'lease-lost'));
    expect(desk.handling.remark.value?.key).toBe('answer.claimLostNow');
    expect(desk.panel.value).toBe('none');
  });

  it('fetches the card once per look, again when the claim is mine, and shows no late one', async () => {
    const { desk, cards, say } = await onDuty();
    desk.queue.open(sos(1).id);
    say(alertMessage('10:0', '11:0', sos(1, { version: 2, causeCount: 2 }), 'repeated'));
    expect(cards.map((card) => card.homeId)).toEqual(['home-1']);
    say(alertMessage('11:0', '12:0', sos(1, { version: 3, handling: 'claimed', claim: mine }), 'claimed'));
    expect(cards).toHaveLength(2);
    const full = cardOf('home-1', { masked: false, nowMs: NOW_MS }) as HomeCard;
    cards[1]?.answer({ ok: true, value: full });
    await settle();
    cards[0]?.answer({ ok: true, value: cardOf('home-1', { masked: true, nowMs: NOW_MS }) as HomeCard });
    await settle();
    expect(desk.cards.state.value).toMatchObject({ type: 'shown', card: { masked: false } });
    // Not mine any more: the full card is gone before the masked one is here.
    say(alertMessage('12:0', '13:0', sos(1, { version: 4 }), 'lease-lost'));
    expect(desk.cards.state.value.type).toBe('loading');
  });
});

describe('declaring an absence', () => {
  it('says why it was refused, and that the session is over', async () => {
    const { desk } = await onDuty();
    expect(await desk.absences.declareAway('h1', 1, null)).toBe(false);
    expect(desk.handling.remark.value).toMatchObject({ tone: 'problem', key: 'answer.bad-absence-end' });
    expect(desk.absences.isPending.value).toBe(false);
    expect(await desk.absences.declareBack('h1')).toBe(false);
    expect(desk.session.isExpired.value).toBe(true);
  });
});

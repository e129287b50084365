// Goal: a screen sees every alert of its districts exactly once and in order, or a snapshot instead; and no
// screen harms another. Method: the real hub on a real HTTP server on a free port, raw WebSocket clients, a
// fake core that only holds open alerts and a cursor.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Alert } from '#core/model/alert.ts';
import type { DeskMessage } from '#core/model/desk-message.ts';
import { type Effect, effectId } from '#core/model/effect.ts';
import { createDeskHub, type DeskHub, type DeskHubOptions, type DeskViewer } from '#push/hub.ts';
import { createMemoryAlertStore } from '#push/memory-alert-store.ts';
import { ELSEWHERE, EPOCH_MS, makeEffect, makeRefusal, WEST_LAKE } from '../../support/alerts.ts';
import { connectDesk, type DeskClient, isAlertAt, isSnapshot, isType } from '../../support/desk-client.ts';

const LABEL = { districtName: '西湖', maskedElderName: '张*', age: 82, maskedAddress: '文三路' };
const ANNA: DeskViewer = { staffId: 'anna', districtCode: null };

interface Desk {
  readonly hub: DeskHub;
  readonly url: string;
  readonly presence: [string, boolean][];
  readonly errors: string[];
  readonly viewers: Map<string, DeskViewer | Error>;
  /** The core decided something: its memory, then the hub, then the store, as the loop does. */
  decide(...effects: Effect[]): void;
  connect(query?: string, viewer?: DeskViewer): Promise<DeskClient>;
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function openDesk(change: Partial<DeskHubOptions> = {}, before: readonly Effect[] = []): Promise<Desk> {
  const store = createMemoryAlertStore({ resumableEffects: 100 });
  const open = new Map<string, Alert>();
  let cursor = '0:0';
  const remember = (effects: readonly Effect[]): void => {
    for (const effect of effects) {
      cursor = effectId(effect);
      if (effect.type !== 'alert') continue;
      if (effect.alert.handling === 'closed') open.delete(effect.alert.id);
      else open.set(effect.alert.id, effect.alert);
    }
  };
  const record = (effects: readonly Effect[]): void => store.record(effects, effects.at(-1)?.offset ?? 0);
  remember(before);
  record(before);
  const presence: [string, boolean][] = [];
  const errors: string[] = [];
  const viewers = new Map<string, DeskViewer | Error>();
  const hub = createDeskHub({
    openAlerts: () => [...open.values()],
    cursor: () => cursor,
    since: (from, limit) => store.since(from, limit),
    homeLabel: () => LABEL,
    viewerOf: async (sessionId) => {
      const viewer = viewers.get(sessionId) ?? null;
      if (viewer instanceof Error) throw viewer;
      return viewer;
    },
    onPresence: (staffId, present) => presence.push([staffId, present]),
    nowMs: () => EPOCH_MS,
    clock: 'live',
    consoleVersion: 'test',
    bufferedBytesMax: 1_000_000,
    resumableEffects: 100,
    onError: (_error, doing) => errors.push(doing),
    ...change,
  });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://desk');
    const sessionId = String(request.headers['x-session']);
    const viewer = viewers.get(sessionId);
    if (!viewer || viewer instanceof Error) throw new Error('test without viewer');
    hub.accept(request, socket, head, { viewer, sessionId, cursor: url.searchParams.get('cursor') });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/desk`;
  cleanups.push(async () => {
    await hub.stop();
    server.close();
  });
  return {
    hub,
    url,
    presence,
    errors,
    viewers,
    decide(...effects) {
      remember(effects);
      hub.publish(effects);
      record(effects);
    },
    async connect(query = '', viewer = ANNA) {
      const sessionId = `session-of-${viewer.staffId}`;
      viewers.set(sessionId, viewer);
      const client = await connectDesk(url + query, { headers: { 'x-session': sessionId } });
      cleanups.push(() => client.socket.terminate());
      await client.waitFor(isType('hello'));
      return client;
    },
  };
}

function alertAt(offset: number, change: Partial<Alert> = {}, index = 0): Effect {
  return makeEffect({ offset, index }, { id: `a${offset}-${index}`, ...change });
}

describe('a new screen', () => {
  it('is told who it is, then everything that is open, then what happens', async () => {
    const desk = await openDesk({}, [alertAt(3), alertAt(4, { handling: 'closed' })]);
    const screen = await desk.connect();
    const snapshot = await screen.waitFor(isSnapshot);
    expect(screen.messages[0]).toEqual({
      type: 'hello',
      serverTimeMs: EPOCH_MS,
      staffId: 'anna',
      consoleVersion: 'test',
      clock: 'live',
    });
    expect(snapshot.cursor).toBe('4:0');
    expect(snapshot.alerts.map((alert) => alert.id)).toEqual(['a3-0']);
    const raised = makeEffect({ offset: 9 });
    desk.decide(raised);
    expect(await screen.waitFor(isAlertAt('9:0'))).toEqual({
      type: 'alert',
      cursor: '9:0',
      previous: '4:0',
      change: 'raised',
      alert: raised.type === 'alert' && { ...raised.alert, home: LABEL },
    });
  });

  it('says nothing about commands that were refused', async () => {
    const desk = await openDesk();
    const screen = await desk.connect();
    desk.decide(makeRefusal(4), alertAt(5));
    const message = await screen.waitFor(isAlertAt('5:0'));
    expect(message.previous).toBe('0:0');
  });

  it('shows an alert without a label when the label cannot be had', async () => {
    const desk = await openDesk({
      homeLabel: () => {
        throw new Error('registry is away');
      },
    });
    const screen = await desk.connect();
    desk.decide(alertAt(1));
    expect((await screen.waitFor(isAlertAt('1:0'))).alert.home).toBeNull();
    expect(desk.errors).toEqual(['label']);
  });

  it('shows a changed label in the next snapshot, and only the fields of the contract', async () => {
    let label: typeof LABEL = { ...LABEL, homeId: 'h1', phone: '13812341234' } as typeof LABEL;
    const desk = await openDesk({ homeLabel: () => label }, [alertAt(1)]);
    const first = await desk.connect();
    expect((await first.waitFor(isSnapshot)).alerts[0]?.home).toEqual(LABEL);
    label = { ...LABEL, maskedElderName: '李*' };
    const second = await desk.connect();
    expect((await second.waitFor(isSnapshot)).alerts[0]?.home?.maskedElderName).toBe('李*');
  });
});

describe('a returning screen', () => {
  const history = [alertAt(2), alertAt(5), alertAt(5, {}, 1), makeRefusal(6), alertAt(8)];
  const ids = ['2:0', '5:0', '5:1', '8:0'];

  it.each([
    ['0:0', 0],
    ['2:0', 1],
    ['3:7', 1],
    ['5:0', 2],
    ['5:1', 3],
    ['6:0', 3],
    ['8:0', 4],
  ])('from cursor %s gets exactly what it missed', async (cursor, seen) => {
    // Once from the store (before the start of this process), once from memory.
    for (const isRestarted of [true, false]) {
      const desk = await openDesk({}, isRestarted ? history : []);
      if (!isRestarted) desk.decide(...history);
      const screen = await desk.connect(`?cursor=${cursor}`);
      desk.decide(alertAt(9));
      await screen.waitFor(isAlertAt('9:0'));
      expect(screen.alerts().map((message) => message.cursor)).toEqual([...ids.slice(seen), '9:0']);
      // Each names the one before: nothing can be missing in between without being seen.
      const chain = [cursor, ...screen.alerts().map((message) => message.cursor)];
      expect(screen.alerts().map((message) => message.previous)).toEqual(chain.slice(0, -1));
      expect(screen.messages.some(isSnapshot)).toBe(false);
    }
  });

  it.each(['', 'x', '5', '-1:0', '9999:0'])('with the cursor "%s" gets a snapshot', async (cursor) => {
    const desk = await openDesk({}, history);
    const screen = await desk.connect(`?cursor=${cursor}`);
    expect((await screen.waitFor(isSnapshot)).cursor).toBe('8:0');
    expect(screen.alerts()).toEqual([]);
  });

  it.each([true, false])('whose cursor is too old gets a snapshot (restarted: %s)', async (isRestarted) => {
    const many = Array.from({ length: 150 }, (_, i) => alertAt(i + 1));
    const desk = await openDesk({}, isRestarted ? many : []);
    if (!isRestarted) desk.decide(...many);
    const screen = await desk.connect('?cursor=10:0');
    const snapshot = await screen.waitFor(isSnapshot);
    expect(snapshot.cursor).toBe('150:0');
    expect(snapshot.alerts).toHaveLength(150);
    expect(screen.alerts()).toEqual([]);
  });

  it('gets a snapshot when the store fails', async () => {
    const desk = await openDesk(
      {
        since: () => {
          throw new Error('disk');
        },
      },
      history,
    );
    const screen = await desk.connect('?cursor=2:0');
    expect((await screen.waitFor(isSnapshot)).alerts).toHaveLength(4);
    expect(desk.errors).toEqual(['resume']);
  });

  it('does not get an alert twice when the snapshot is ahead of what is being published', async () => {
    const desk = await openDesk({}, [alertAt(7)]);
    const screen = await desk.connect();
    await screen.waitFor(isSnapshot);
    desk.hub.publish([alertAt(7)]);
    desk.decide(alertAt(8));
    await screen.waitFor(isAlertAt('8:0'));
    expect(screen.alerts().map((message) => message.cursor)).toEqual(['8:0']);
  });
});

describe('scope', () => {
  it('shows a screen its own districts only, in snapshot, resume and live', async () => {
    const here = alertAt(1, { districtCode: WEST_LAKE });
    const there = alertAt(2, { districtCode: ELSEWHERE });
    const desk = await openDesk({}, [here, there]);
    const viewer: DeskViewer = { staffId: 'wei', districtCode: '330106000000' };
    const fresh = await desk.connect('', viewer);
    const back = await desk.connect('?cursor=0:0', viewer);
    expect((await fresh.waitFor(isSnapshot)).alerts.map((alert) => alert.id)).toEqual(['a1-0']);
    desk.decide(alertAt(3, { districtCode: ELSEWHERE }), alertAt(4, { districtCode: WEST_LAKE }));
    await fresh.waitFor(isAlertAt('4:0'));
    await back.waitFor(isAlertAt('4:0'));
    expect(fresh.alerts().map((m) => [m.cursor, m.previous])).toEqual([['4:0', '2:0']]);
    expect(back.alerts().map((m) => [m.cursor, m.previous])).toEqual([
      ['1:0', '0:0'],
      ['4:0', '1:0'],
    ]);
  });
});

describe('a screen that does not keep up', () => {
  it('is not sent more, delays nobody, and gets a snapshot when it reads again', async () => {
    const desk = await openDesk({ bufferedBytesMax: 100_000 });
    const slow = await desk.connect();
    const quick = await desk.connect();
    await slow.waitFor(isSnapshot);
    slow.socket.pause();
    const text = 'x'.repeat(50_000);
    let offset = 0;
    // 20 MB: more than the kernel takes for a socket that nobody reads.
    for (let round = 0; round < 40; round += 1) {
      for (let i = 0; i < 10; i += 1) {
        offset += 1;
        const note = { atMs: EPOCH_MS, staffId: null, text };
        desk.decide(makeEffect({ offset }, { id: 'same', version: offset, notes: [note] }));
      }
      await quick.waitFor(isAlertAt(`${offset}:0`));
    }
    desk.decide(makeEffect({ offset: offset + 1 }, { id: 'last' }));
    await quick.waitFor(isAlertAt(`${offset + 1}:0`));
    slow.socket.resume();
    const second = (message: DeskMessage): message is Extract<DeskMessage, { type: 'snapshot' }> =>
      isSnapshot(message) && message.cursor === `${offset + 1}:0`;
    const snapshot = await slow.waitFor(second);
    expect(snapshot.alerts.map((alert) => alert.id)).toEqual(['same', 'last']);
    expect(slow.alerts().length).toBeLessThan(offset);
    // Live again, and the chain goes on from the snapshot.
    desk.decide(makeEffect({ offset: offset + 2 }, { id: 'after' }));
    expect((await slow.waitFor(isAlertAt(`${offset + 2}:0`))).previous).toBe(snapshot.cursor);
    expect(slow.messages.filter(isAlertAt(`${offset + 1}:0`))).toEqual([]);
  });

  it('is dropped when it answers no ping, and only it', async () => {
    const desk = await openDesk({ heartbeatMs: 30 });
    const alive = await desk.connect();
    desk.viewers.set('deaf', { staffId: 'deaf', districtCode: null });
    const deaf = await connectDesk(desk.url, { headers: { 'x-session': 'deaf' }, autoPong: false });
    expect(await deaf.closed).toBe(1006);
    await vi.waitFor(() => expect(desk.presence).toContainEqual(['deaf', false]));
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
    expect(desk.hub.screenCount()).toBe(1);
  });
});

describe('heartbeat', () => {
  it('carries the server time and the cursor of the last message to this screen', async () => {
    const desk = await openDesk({ heartbeatMs: 20 }, [alertAt(3)]);
    const screen = await desk.connect();
    const first = await screen.waitFor(isType('heartbeat'));
    expect(first).toEqual({ type: 'heartbeat', serverTimeMs: EPOCH_MS, cursor: '3:0' });
    desk.decide(alertAt(6));
    await screen.waitFor((m): m is typeof first => m.type === 'heartbeat' && m.cursor === '6:0');
  });
});

describe('presence', () => {
  it('tells of the first screen and of the last one', async () => {
    const desk = await openDesk();
    const one = await desk.connect();
    const two = await desk.connect();
    expect(desk.presence).toEqual([['anna', true]]);
    one.socket.close();
    await one.closed;
    await vi.waitFor(() => expect(desk.hub.screenCount()).toBe(1));
    expect(desk.presence).toHaveLength(1);
    two.socket.terminate();
    await vi.waitFor(() =>
      expect(desk.presence).toEqual([
        ['anna', true],
        ['anna', false],
      ]),
    );
  });

  it('closes the oldest of too many screens of one person', async () => {
    const desk = await openDesk();
    const screens = [];
    for (let i = 0; i < 17; i += 1) screens.push(await desk.connect());
    expect(await screens[0]?.closed).toBe(4429);
    expect(screens[1]?.socket.readyState).toBe(1);
  });
});

describe('session', () => {
  it('closes the screen with 4401 when it has ended', async () => {
    const desk = await openDesk({ sessionCheckMs: 20 });
    const screen = await desk.connect();
    desk.viewers.delete('session-of-anna');
    expect(await screen.closed).toBe(4401);
  });

  it('closes at once on log-out, and no other session', async () => {
    const desk = await openDesk();
    const screen = await desk.connect();
    const other = await desk.connect('', { staffId: 'wei', districtCode: null });
    desk.hub.dropSession('session-of-anna');
    expect(await screen.closed).toBe(4401);
    expect(other.socket.readyState).toBe(1);
  });

  it('keeps the screen when the session cannot be looked up', async () => {
    const desk = await openDesk({ sessionCheckMs: 20 });
    const screen = await desk.connect();
    desk.viewers.set('session-of-anna', new Error('database'));
    await vi.waitFor(() => expect(desk.errors.length).toBeGreaterThan(1));
    expect(screen.socket.readyState).toBe(1);
  });

  it('replaces what is shown when the district of the staff member changes', async () => {
    const desk = await openDesk({ sessionCheckMs: 20 }, [
      alertAt(1, { districtCode: ELSEWHERE }),
      alertAt(2),
    ]);
    const screen = await desk.connect();
    expect((await screen.waitFor(isSnapshot)).alerts).toHaveLength(2);
    desk.viewers.set('session-of-anna', { staffId: 'anna', districtCode: WEST_LAKE });
    await vi.waitFor(() => expect(screen.messages.filter(isSnapshot)).toHaveLength(2));
    expect(screen.messages.filter(isSnapshot)[1]?.alerts.map((alert) => alert.id)).toEqual(['a2-0']);
  });
});

describe('what does not belong on this socket', () => {
  it('closes a screen that sends something', async () => {
    const desk = await openDesk();
    const screen = await desk.connect();
    screen.socket.send('{"type":"close-alert"}');
    expect(await screen.closed).toBe(1008);
  });

  it('cuts a frame over 64 kB', async () => {
    const desk = await openDesk();
    const screen = await desk.connect();
    screen.socket.send('x'.repeat(65 * 1024));
    expect(await screen.closed).toBe(1009);
  });

  it('offers no compression', async () => {
    const desk = await openDesk();
    const screen = await desk.connect();
    expect(screen.socket.extensions).toBe('');
  });
});

describe('notices', () => {
  it('reach all screens, later ones too, within the district they concern', async () => {
    const desk = await openDesk();
    const here = await desk.connect('', { staffId: 'wei', districtCode: WEST_LAKE });
    const there = await desk.connect('', { staffId: 'li', districtCode: ELSEWHERE });
    desk.hub.notice('unrecorded-sos', { gatewayId: 'g1' }, WEST_LAKE);
    desk.hub.notice('storage-failing', {}, null);
    const expected = { type: 'notice', code: 'unrecorded-sos', atMs: EPOCH_MS, params: { gatewayId: 'g1' } };
    await vi.waitFor(() => expect(here.messages).toContainEqual(expected));
    await vi.waitFor(() =>
      expect(there.messages).toContainEqual({ ...expected, code: 'storage-failing', params: {} }),
    );
    expect(there.messages).not.toContainEqual(expected);
    const later = await desk.connect('', { staffId: 'zhao', districtCode: null });
    await vi.waitFor(() => expect(later.messages.filter(isType('notice'))).toHaveLength(2));
  });

  it('forgets a notice after ten minutes', async () => {
    let nowMs = EPOCH_MS;
    const desk = await openDesk({ nowMs: () => nowMs });
    desk.hub.notice('storage-failing', {}, null);
    nowMs += 10 * 60_000;
    const screen = await desk.connect();
    await screen.waitFor(isSnapshot);
    desk.decide(alertAt(1));
    await screen.waitFor(isAlertAt('1:0'));
    expect(screen.messages.filter(isType('notice'))).toEqual([]);
  });
});

describe('stop', () => {
  it('says so, closes with 1012, tells nothing about presence and takes nobody more', async () => {
    const desk = await openDesk();
    const screen = await desk.connect();
    const stopped = desk.hub.stop();
    expect(await screen.closed).toBe(1012);
    await stopped;
    expect(screen.messages.at(-1)).toMatchObject({ type: 'notice', code: 'stopping' });
    expect(desk.hub.screenCount()).toBe(0);
    expect(desk.presence).toEqual([['anna', true]]);
    await expect(desk.connect()).rejects.toThrow();
  });

  it('does not wait for a screen that is gone', async () => {
    const desk = await openDesk();
    const screen = await desk.connect();
    screen.socket.pause();
    await desk.hub.stop();
    expect(desk.hub.screenCount()).toBe(1);
    screen.socket.terminate();
    await vi.waitFor(() => expect(desk.hub.screenCount()).toBe(0));
  });
});

// Goal: a socket of live readings shows what may be seen at that moment, holds nobody up, and ends by itself.
// Method: a socket and a follower that the test plays, and its clock.

import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { createLiveFeed, type LiveFeedOptions } from '#api/live-feed.ts';
import { feedSocket } from '#push/live-sockets.ts';
import type { LiveReadings } from '#telemetry/telemetry.ts';

class PlaySocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  pings = 0;
  closedWith: number | null = null;
  isTerminated = false;
  readonly sent: { readings: { kind: string }[]; skipped: boolean }[] = [];
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  ping(): void {
    this.pings += 1;
  }
  close(code: number): void {
    this.closedWith = code;
    this.readyState = 2;
    this.emit('close');
  }
  terminate(): void {
    this.isTerminated = true;
    this.readyState = 3;
    this.emit('close');
  }
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const STAFF = { staffId: 'li', role: 'operator', districtCode: '330106000000' };

function play(change: { readonly home?: object | null; readonly session?: object | null } = {}) {
  const socket = new PlaySocket();
  let tell: ((live: LiveReadings) => void) | null = null;
  const held: object[] = [];
  const answers = { session: { staff: STAFF }, home: { districtCode: '330106001001' }, ...change };
  const parts = {
    telemetry: {
      follow: (_homeId: string, listener: (live: LiveReadings) => void) => {
        tell = listener;
        return () => {
          tell = null;
        };
      },
    },
    registry: { session: async () => answers.session, homes: { get: async () => answers.home } },
    runtime: { openAlerts: () => held },
    ...{ homeId: 'h1', staff: STAFF, sessionId: 's' },
  };
  feedSocket(socket as unknown as WebSocket, createLiveFeed(parts as unknown as LiveFeedOptions));
  const readings = (...kinds: string[]) =>
    kinds.map((kind) => ({
      homeId: 'h1',
      gatewayId: 'g',
      deviceId: 'd',
      kind,
      atMs: 1,
      offset: 1,
      value: 1,
    }));
  const give = (kinds: string[], skipped = false): void => tell?.({ readings: readings(...kinds), skipped });
  return { socket, give, held, answers, isFollowing: () => tell !== null };
}

test('what may be seen is looked at with every message', () => {
  const { socket, give, held } = play();
  give(['motion', 'heart_rate_bpm']);
  held.push({ id: 'h1~sos', homeId: 'h1', handling: 'claimed', claim: { staffId: 'li' } });
  give(['heart_rate_bpm']);
  held.pop();
  give(['heart_rate_bpm']);
  expect(socket.sent.map(({ readings }) => readings.map(({ kind }) => kind))).toEqual([
    ['motion'],
    ['heart_rate_bpm'],
  ]);
});

test('who does not keep up misses readings and is told so', () => {
  const { socket, give } = play();
  socket.bufferedAmount = 70_000;
  give(['motion']);
  expect(socket.sent).toEqual([]);
  socket.bufferedAmount = 0;
  give(['contact']);
  give(['motion'], true);
  give(['motion']);
  expect(socket.sent.map(({ skipped }) => skipped)).toEqual([true, true, false]);
});

test.each([
  ['the session ended', { session: null }],
  ['the role is another', { session: { staff: { ...STAFF, role: 'integrator' } } }],
  ['the district is another', { session: { staff: { ...STAFF, districtCode: '110101000000' } } }],
  ['the home is gone', { home: null }],
])('it ends within a minute after %s', async (_what, change) => {
  const { socket, answers, isFollowing } = play();
  await vi.advanceTimersByTimeAsync(16_000);
  socket.emit('pong');
  Object.assign(answers, change);
  const beat = setInterval(() => socket.emit('pong'), 1_000);
  await vi.advanceTimersByTimeAsync(60_000);
  clearInterval(beat);
  expect(socket.closedWith).toBe(1008);
  expect(isFollowing()).toBe(false);
});

test('what cannot be checked is not shown', async () => {
  const { socket, answers } = play();
  Object.defineProperty(answers, 'session', {
    get: () => {
      throw new Error('busy');
    },
  });
  const beat = setInterval(() => socket.emit('pong'), 1_000);
  await vi.advanceTimersByTimeAsync(60_000);
  clearInterval(beat);
  expect(socket.closedWith).toBe(1008);
});

test('one who may go on goes on, and one who answers no ping is gone', async () => {
  const { socket, isFollowing } = play();
  const beat = setInterval(() => socket.emit('pong'), 1_000);
  await vi.advanceTimersByTimeAsync(200_000);
  expect(socket.closedWith).toBeNull();
  expect(socket.pings).toBeGreaterThan(10);
  clearInterval(beat);
  await vi.advanceTimersByTimeAsync(31_000);
  expect(socket.isTerminated).toBe(true);
  expect(isFollowing()).toBe(false);
});

// Method: sockets and the clock are played by hand, so that every moment is exact.

import { describe, expect, it } from 'vitest';

import {
  createLink,
  type LinkState,
  SESSION_CLOSE_CODE,
  SILENCE_LIMIT_MS,
  type SocketLike,
} from '#console/link.ts';
import type { DeskMessage } from '#core/model/desk-message.ts';
import { HELLO, snapshot } from './messages.ts';

class PlayedSocket implements SocketLike {
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  isClosed = false;
  readonly cursor: string | null;
  constructor(cursor: string | null) {
    this.cursor = cursor;
  }
  close(): void {
    this.isClosed = true;
  }
  say(message: DeskMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  end(code: number): void {
    this.onclose?.({ code });
  }
}

const HEARTBEAT: DeskMessage = { type: 'heartbeat', serverTimeMs: 0, cursor: '1:0' };

function play(random = 0.5) {
  const sockets: PlayedSocket[] = [];
  const states: LinkState[] = [];
  const desk = { nowMs: 0, cursor: null as string | null, isGap: false, refusedCount: 0 };
  const link = createLink({
    open: (cursor) => {
      sockets.push(new PlayedSocket(cursor));
      return sockets.at(-1)!;
    },
    cursor: () => desk.cursor,
    onMessage: () => desk.isGap,
    onState: (state) => states.push(state),
    onRefused: () => {
      desk.refusedCount += 1;
    },
    now: () => desk.nowMs,
    random: () => random,
  });
  /** Lets `ms` pass with the beats of the metronome. */
  const pass = (ms: number): void => {
    for (const end = desk.nowMs + ms; desk.nowMs < end; ) {
      desk.nowMs += 500;
      link.check();
    }
  };
  link.start();
  return { link, sockets, states, desk, pass, last: () => sockets.at(-1)! };
}

describe('link to the desk', () => {
  it('is receiving with the first message', () => {
    const { sockets, states, last } = play();
    expect(sockets[0]?.cursor).toBeNull();
    last().say(HELLO);
    expect(states).toEqual(['connecting', 'receiving']);
  });

  it('is lost when nothing came for 10 s, gives the socket up and calls again with its cursor', () => {
    const { sockets, states, desk, pass, last } = play();
    last().say(HELLO);
    desk.cursor = '7:0';
    pass(SILENCE_LIMIT_MS);
    expect(states.at(-1)).toBe('receiving');
    pass(1_000);
    expect(states.at(-1)).toBe('lost');
    expect(sockets[0]?.isClosed).toBe(true);
    expect(last().cursor).toBe('7:0');
    last().say(HELLO);
    expect(states.at(-1)).toBe('receiving');
  });

  it('stays receiving as long as heartbeats come', () => {
    const { states, pass, last } = play();
    for (let n = 0; n < 10; n += 1) {
      last().say(HEARTBEAT);
      pass(5_000);
    }
    expect(states).toEqual(['connecting', 'receiving']);
  });

  it('is lost at once when the socket closes', () => {
    const { states, last } = play();
    last().say(HELLO);
    last().end(1006);
    expect(states.at(-1)).toBe('lost');
  });

  it('is lost when the service never answers at all', () => {
    const { states, pass } = play();
    pass(SILENCE_LIMIT_MS + 500);
    expect(states).toEqual(['connecting', 'lost']);
  });

  it('waits longer after each failure, with full jitter, up to 8 s', () => {
    const waits = (random: number): number[] => {
      const { sockets, desk, last, pass } = play(random);
      const found: number[] = [];
      for (let n = 1; n <= 7; n += 1) {
        const fromMs = desk.nowMs;
        last().end(1006);
        while (sockets.length === n) pass(500);
        found.push(desk.nowMs - fromMs);
      }
      return found;
    };
    expect(waits(1)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    expect(waits(0)).toEqual([500, 500, 500, 500, 500, 500, 500]);
  });

  it('forgets the failures only after a heartbeat', () => {
    const { sockets, desk, last, pass } = play(1);
    for (let n = 0; n < 4; n += 1) {
      last().say(HELLO);
      last().end(1012);
      while (sockets.length === n + 1) pass(500);
    }
    const fromMs = desk.nowMs;
    last().end(1012);
    while (sockets.length === 5) pass(500);
    expect(desk.nowMs - fromMs).toBe(8_000);
    last().say(HEARTBEAT);
    last().end(1012);
    pass(500);
    expect(sockets).toHaveLength(7);
  });

  it('asks for a snapshot at once after a gap, and does not hammer when gaps go on', () => {
    const { sockets, states, desk, pass, last } = play();
    last().say(HELLO);
    desk.cursor = '7:0';
    desk.isGap = true;
    last().say(HEARTBEAT);
    expect(sockets).toHaveLength(2);
    expect(sockets[0]?.isClosed).toBe(true);
    expect(last().cursor).toBeNull();
    last().say(HEARTBEAT);
    expect(sockets).toHaveLength(2);
    pass(500);
    expect(sockets).toHaveLength(3);
    expect(last().cursor).toBeNull();
    desk.isGap = false;
    last().say(snapshot('9:0'));
    expect(states).toEqual(['connecting', 'receiving']);
    last().end(1006);
    pass(8_000);
    expect(last().cursor).toBe('7:0');
  });

  it('asks who we are when the session was closed or the service refused before a word', () => {
    const { desk, pass, last } = play();
    last().end(1006);
    expect(desk.refusedCount).toBe(1);
    pass(1_000);
    last().say(HELLO);
    last().end(1006);
    expect(desk.refusedCount).toBe(1);
    pass(1_000);
    last().say(HELLO);
    last().end(SESSION_CLOSE_CODE);
    expect(desk.refusedCount).toBe(2);
  });

  it('survives a frame that is not a message', () => {
    const { states, last } = play();
    for (const data of ['{', '7', 'null', '{}', new Uint8Array(3)]) last().onmessage?.({ data });
    expect(states).toEqual(['connecting']);
    last().say(HELLO);
    expect(states.at(-1)).toBe('receiving');
  });

  it('calls at once when asked to, and is quiet when stopped', () => {
    const { link, sockets, pass, last } = play(1);
    last().say(HELLO);
    link.retry();
    expect(sockets).toHaveLength(1);
    last().end(1006);
    link.retry();
    expect(sockets).toHaveLength(2);
    link.stop();
    pass(60_000);
    expect(sockets).toHaveLength(2);
    expect(last().isClosed).toBe(true);
  });
});

// Method: a player that only writes down what it should sound; the clock is moved by hand.

import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';

import { createAlarmSound } from '#console/alarm-sound.ts';
import type { LinkState } from '#console/link.ts';
import { PATTERNS, type Pattern, patternFor, REPEAT_MS, SILENCE_MS } from '#console/sound.ts';
import { alertOf } from '../../support/desk-fixtures.ts';
import { NOW_MS, sos } from './messages.ts';

function play() {
  const played: Pattern[] = [];
  const desk = { nowMs: 0 };
  const link = signal<LinkState>('receiving');
  const unclaimed = signal<readonly number[]>([0, 0, 0, 0, 0, 0]);
  const sound = createAlarmSound({
    player: {
      unlock: async () => undefined,
      health: () => 'ready',
      play: (pattern) => played.push(pattern),
      hush: () => undefined,
    },
    isOnDuty: signal(true),
    link,
    unclaimed,
    now: () => desk.nowMs,
  });
  const pass = (ms: number): void => {
    for (const end = desk.nowMs + ms; desk.nowMs < end; ) {
      desk.nowMs += 500;
      sound.beat();
    }
  };
  return { sound, played, link, unclaimed, pass };
}

const P1 = [0, 1, 0, 0, 0, 0];
const P2 = [0, 0, 1, 0, 0, 0];
const NONE = [0, 0, 0, 0, 0, 0];

describe('sound of the desk', () => {
  it('repeats an emergency until it is claimed', () => {
    const { played, unclaimed, pass } = play();
    unclaimed.value = P1;
    expect(played).toEqual(['p1']);
    pass(10 * REPEAT_MS.p1);
    expect(played.length).toBeGreaterThanOrEqual(9);
    unclaimed.value = NONE;
    const count = played.length;
    pass(60_000);
    expect(played).toHaveLength(count);
  });

  it('lets an emergency go before a lost line, and a lost line before P2', () => {
    const { sound, unclaimed, link } = play();
    unclaimed.value = [0, 1, 1, 1, 1, 1];
    link.value = 'lost';
    expect(sound.mode.value).toBe('p1');
    unclaimed.value = P2;
    expect(sound.mode.value).toBe('not-receiving');
    link.value = 'receiving';
    expect(sound.mode.value).toBe('p2');
    unclaimed.value = [0, 0, 0, 4, 4, 4];
    expect(sound.mode.value).toBeNull();
  });

  it('is silent for 60 s when asked, and not longer', () => {
    const { sound, unclaimed, pass } = play();
    unclaimed.value = P1;
    sound.silence();
    expect(sound.mode.value).toBeNull();
    expect(sound.silencedS.value).toBe(60);
    pass(SILENCE_MS - 500);
    expect(sound.mode.value).toBeNull();
    pass(500);
    expect(sound.mode.value).toBe('p1');
  });

  it.each(['raised', 'repeated', 'requeued'] as const)(
    'ends silence with an emergency that is %s',
    (type) => {
      const { sound, unclaimed } = play();
      unclaimed.value = P1;
      sound.silence();
      sound.news([{ type, alert: alertOf(4, 'inactivity', { nowMs: NOW_MS }) }]);
      expect(sound.mode.value).toBeNull();
      sound.news([{ type, alert: sos(1) }]);
      expect(sound.mode.value).toBe('p1');
    },
  );

  it('ends silence when the line is lost after it was asked for', () => {
    const { sound, link } = play();
    sound.silence();
    link.value = 'lost';
    expect(sound.mode.value).toBe('not-receiving');
    sound.silence();
    expect(sound.mode.value).toBeNull();
  });

  it('sounds a new P3 once, and nothing for P4', () => {
    const { sound, played } = play();
    sound.news([{ type: 'raised', alert: alertOf(1, 'low-battery', { nowMs: NOW_MS }) }]);
    expect(played).toEqual([]);
    sound.news([{ type: 'raised', alert: alertOf(1, 'unseen-home', { nowMs: NOW_MS }) }]);
    expect(played).toEqual(['p3']);
  });

  it('sounds once when an emergency in hand is pressed again', () => {
    const { sound, played } = play();
    sound.news([{ type: 'repeated', alert: sos(1, { handling: 'in-progress' }) }]);
    expect(played).toEqual(['p1']);
  });

  it('says nothing before the start of the shift', () => {
    const situation = { link: 'lost', unclaimed: P1, silencedUntilMs: 0, nowMs: 1 } as const;
    expect(patternFor({ ...situation, isOnDuty: false })).toBeNull();
    expect(patternFor({ ...situation, isOnDuty: true })).toBe('p1');
  });

  it('has five patterns that nobody mixes up: other pitches and other rhythms', () => {
    const prints = Object.values(PATTERNS).map((beeps) =>
      beeps.map((beep) => `${beep.hertz}/${beep.lengthMs}`).join(),
    );
    expect(new Set(prints).size).toBe(prints.length);
    for (const [name, everyMs] of Object.entries(REPEAT_MS)) {
      const beeps = PATTERNS[name as keyof typeof REPEAT_MS];
      expect(Math.max(...beeps.map((beep) => beep.atMs + beep.lengthMs))).toBeLessThan(everyMs);
    }
  });
});

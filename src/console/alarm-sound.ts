// Decides with every beat and every change what must sound now, and lets the player sound it.
// `mode` is also shown on the page, so that an operator (and a test) can see what should be heard.

import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';

import type { LinkState } from './link.ts';
import {
  type Player,
  patternFor,
  REPEAT_MS,
  type RepeatingPattern,
  SILENCE_MS,
  type SoundHealth,
} from './sound.ts';
import type { News } from './store.ts';

export interface AlarmSoundOptions {
  readonly player: Player;
  readonly isOnDuty: ReadonlySignal<boolean>;
  readonly link: ReadonlySignal<LinkState>;
  readonly unclaimed: ReadonlySignal<readonly number[]>;
  readonly now: () => number;
}

export interface AlarmSound {
  readonly mode: ReadonlySignal<RepeatingPattern | null>;
  readonly health: ReadonlySignal<SoundHealth>;
  /** Seconds left of the silence; 0 when it is not silenced. */
  readonly silencedS: ReadonlySignal<number>;
  unlock(): Promise<void>;
  test(): void;
  silence(): void;
  news(news: readonly News[]): void;
  beat(): void;
}

export function createAlarmSound(options: AlarmSoundOptions): AlarmSound {
  const { player, now } = options;
  const beatAtMs = signal(now());
  const silencedUntilMs = signal(0);
  const health = signal<SoundHealth>('locked');
  let playedAtMs = 0;
  const mode = computed(() =>
    patternFor({
      isOnDuty: options.isOnDuty.value,
      link: options.link.value,
      unclaimed: options.unclaimed.value,
      silencedUntilMs: silencedUntilMs.value,
      nowMs: beatAtMs.value,
    }),
  );
  effect(() => {
    const pattern = mode.value;
    // What sounded before is over: somebody claimed, or something more urgent came.
    player.hush();
    if (pattern !== null) playedAtMs = start(player, pattern, untracked(now));
  });
  endSilenceWhenLost(options.link, silencedUntilMs);
  return {
    mode,
    health,
    silencedS: computed(() => Math.max(0, Math.ceil((silencedUntilMs.value - beatAtMs.value) / 1000))),
    async unlock() {
      await player.unlock();
      health.value = player.health();
    },
    test: () => player.play('test'),
    silence() {
      beatAtMs.value = now();
      silencedUntilMs.value = now() + SILENCE_MS;
    },
    news(news) {
      if (news.some((item) => item.alert.priority === 1)) silencedUntilMs.value = 0;
      const once = options.isOnDuty.value && mode.value === null ? patternOnce(news) : null;
      if (once !== null && now() >= silencedUntilMs.value) player.play(once);
    },
    beat() {
      beatAtMs.value = now();
      health.value = player.health();
      const pattern = mode.value;
      if (pattern !== null && now() - playedAtMs >= REPEAT_MS[pattern])
        playedAtMs = start(player, pattern, now());
    },
  };
}

function start(player: Player, pattern: RepeatingPattern, nowMs: number): number {
  player.play(pattern);
  return nowMs;
}

/** Losing the line is a new condition: silence asked for before does not cover it. */
function endSilenceWhenLost(link: ReadonlySignal<LinkState>, silencedUntilMs: Signal<number>): void {
  let before: LinkState = link.value;
  effect(() => {
    const state = link.value;
    if (state === 'lost' && before !== 'lost') silencedUntilMs.value = 0;
    before = state;
  });
}

/** Nothing repeats, but something happened: a new P3, or a further cause of an emergency that is in hand. */
function patternOnce(news: readonly News[]): 'p1' | 'p2' | 'p3' | null {
  if (news.some((item) => item.alert.priority === 1)) return 'p1';
  if (news.some((item) => item.alert.priority === 2)) return 'p2';
  return news.some((item) => item.alert.priority === 3) ? 'p3' : null;
}

// What the console sounds: which pattern the moment asks for (pure), and a WebAudio player for patterns.
// A pattern of an emergency goes on until somebody claims it, not until somebody clicks. Not receiving has its own
// tone. P4 and P5 are silent. Silence lasts 60 s on this console only and ends with the next emergency.

import type { LinkState } from './link.ts';

export type Pattern = 'p1' | 'p2' | 'p3' | 'not-receiving' | 'test';
export type RepeatingPattern = 'p1' | 'p2' | 'not-receiving';

interface Beep {
  readonly atMs: number;
  readonly lengthMs: number;
  readonly hertz: number;
}

/** P1 fast high pairs, P2 three even middle tones, P3 one soft low pair, not receiving a falling slide of four. */
export const PATTERNS: Readonly<Record<Pattern, readonly Beep[]>> = {
  p1: [0, 1, 2, 3, 4, 5].map((n) => ({ atMs: n * 160, lengthMs: 120, hertz: n % 2 === 0 ? 1040 : 830 })),
  p2: [0, 1, 2].map((n) => ({ atMs: n * 330, lengthMs: 220, hertz: 620 })),
  p3: [
    { atMs: 0, lengthMs: 160, hertz: 440 },
    { atMs: 200, lengthMs: 260, hertz: 520 },
  ],
  'not-receiving': [520, 430, 350, 270].map((hertz, n) => ({ atMs: n * 420, lengthMs: 380, hertz })),
  test: [
    { atMs: 0, lengthMs: 180, hertz: 520 },
    { atMs: 220, lengthMs: 180, hertz: 660 },
    { atMs: 440, lengthMs: 300, hertz: 830 },
  ],
};

/** From start to start. P1 leaves under 1 s of quiet; the others leave room to speak on the telephone. */
export const REPEAT_MS: Readonly<Record<RepeatingPattern, number>> = {
  p1: 1_800,
  p2: 5_000,
  'not-receiving': 4_000,
};

export const SILENCE_MS = 60_000;

export interface Situation {
  readonly isOnDuty: boolean;
  readonly link: LinkState;
  /** Unclaimed alerts by priority, index 1 to 5. */
  readonly unclaimed: readonly number[];
  readonly silencedUntilMs: number;
  readonly nowMs: number;
}

/** The pattern to repeat now. An emergency comes before the line: it needs a hand within seconds. */
export function patternFor(situation: Situation): RepeatingPattern | null {
  if (!situation.isOnDuty || situation.nowMs < situation.silencedUntilMs) return null;
  if (situation.unclaimed[1]! > 0) return 'p1';
  if (situation.link === 'lost') return 'not-receiving';
  return situation.unclaimed[2]! > 0 ? 'p2' : null;
}

export type SoundHealth = 'locked' | 'ready' | 'failed';

export interface Player {
  /** Call from a click or a key: browsers allow sound only then. */
  unlock(): Promise<void>;
  health(): SoundHealth;
  play(pattern: Pattern): void;
  /** Stops what is sounding, e.g. because somebody claimed. */
  hush(): void;
}

const PEAK_GAIN = 0.25;
/** Without a ramp every beep begins and ends with a click. */
const RAMP_S = 0.012;

export function createPlayer(makeContext: () => AudioContext): Player {
  let context: AudioContext | null = null;
  let hasFailed = false;
  const sounding = new Set<OscillatorNode>();

  const hush = (): void => {
    for (const oscillator of sounding) oscillator.stop();
    sounding.clear();
  };
  return {
    async unlock() {
      try {
        context ??= makeContext();
        await context.resume();
        hasFailed = false;
      } catch {
        hasFailed = true;
      }
    },
    health() {
      if (hasFailed) return 'failed';
      return context?.state === 'running' ? 'ready' : 'locked';
    },
    play(pattern) {
      if (context === null || context.state !== 'running') return;
      hush();
      for (const beep of PATTERNS[pattern]) sound(context, beep, sounding);
    },
    hush,
  };
}

function sound(context: AudioContext, beep: Beep, sounding: Set<OscillatorNode>): void {
  const startS = context.currentTime + 0.02 + beep.atMs / 1000;
  const endS = startS + beep.lengthMs / 1000;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, startS);
  gain.gain.linearRampToValueAtTime(PEAK_GAIN, startS + RAMP_S);
  gain.gain.setValueAtTime(PEAK_GAIN, endS - RAMP_S);
  gain.gain.linearRampToValueAtTime(0, endS);
  const oscillator = context.createOscillator();
  oscillator.type = 'triangle';
  oscillator.frequency.value = beep.hertz;
  oscillator.connect(gain).connect(context.destination);
  oscillator.onended = () => {
    sounding.delete(oscillator);
    gain.disconnect();
  };
  oscillator.start(startS);
  oscillator.stop(endS);
  sounding.add(oscillator);
}

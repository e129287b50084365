// Idempotency keys: the same key of the same member of staff within ten minutes gives the same answer and not
// a second command, also while the first is still on its way. In memory: after a restart the core itself
// refuses what was already done (held, closed), and a note carries its key into the log.

import { performance } from 'node:perf_hooks';
import { Problem } from './errors.ts';

/** A console gives up repeating long before. */
const KEPT_MS = 10 * 60_000;
/** 200 staff × 50 commands in ten minutes; the oldest go first. */
const ANSWERS_MAX = 10_000;

export interface IdempotentRequest {
  readonly staffId: string;
  /** Null: the caller does not care. */
  readonly key: string | null;
  /** What is asked; the key must not be used for something else. */
  readonly command: string;
}

export interface IdempotentAnswers<T> {
  /** @throws Problem `key-reused` */
  once(request: IdempotentRequest, run: () => Promise<T>): Promise<T>;
}

interface Kept<T> {
  readonly command: string;
  readonly answer: Promise<T>;
  readonly untilMs: number;
}

export function createIdempotentAnswers<T>(
  nowMs: () => number = () => performance.now(),
): IdempotentAnswers<T> {
  const kept = new Map<string, Kept<T>>();

  function forgetOld(): void {
    for (const [id, { untilMs }] of kept) {
      if (untilMs > nowMs() && kept.size < ANSWERS_MAX) return;
      kept.delete(id);
    }
  }

  return {
    async once({ staffId, key, command }, run) {
      if (key === null) return run();
      forgetOld();
      const id = JSON.stringify([staffId, key]);
      const before = kept.get(id);
      if (before) {
        if (before.command !== command) throw new Problem('key-reused');
        return before.answer;
      }
      const answer = run();
      kept.set(id, { command, answer, untilMs: nowMs() + KEPT_MS });
      // Unknown outcome: the next try must be a real one.
      answer.catch(() => kept.delete(id));
      return answer;
    },
  };
}

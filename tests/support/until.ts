// Wait for something to become true. No test asserts how fast it was; a wait that never ends fails by name.

import { setTimeout as sleep } from 'node:timers/promises';

export async function until(what: string, isTrue: () => boolean, timeoutMs = 60_000): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error(`waited in vain until ${what}`);
    await sleep(5);
  }
}

/** Asks until the answer is what is waited for, and gives it. */
export async function untilAnswer<T>(
  what: string,
  ask: () => Promise<T>,
  isIt: (answer: T) => boolean,
  timeoutMs = 60_000,
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isIt(answer)) return answer;
    if (performance.now() > endMs) throw new Error(`waited in vain for ${what}: ${JSON.stringify(answer)}`);
    await sleep(50);
  }
}

// Rates. A bucket lends: what does not fit is told how long to wait and goes into debt, so order is kept and nothing
// is dropped here; who asks decides whether to wait, to refuse, or (an emergency) to go on at once.
// Time is monotonic, never the wall clock.

export interface Rate {
  readonly perSecond: number;
  /** Passes at once after a quiet time. */
  readonly burst: number;
}

export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #filledAtMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAtMs = nowMs;
  }

  /** Take `cost` tokens, into debt if need be. Returns how long to wait before the thing is due, ms; 0: now. */
  take(cost: number, nowMs: number): number {
    this.#fill(nowMs);
    this.#tokens -= cost;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#rate.perSecond) * 1000;
  }

  /** Take `cost` tokens only when they are there. */
  tryTake(cost: number, nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }

  #fill(nowMs: number): void {
    const earned = ((nowMs - this.#filledAtMs) / 1000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + Math.max(0, earned));
    this.#filledAtMs = nowMs;
  }
}

/** One bucket per key, bounded: the key that came first goes first, and its bucket is full again. */
export class KeyedBuckets {
  readonly #rate: Rate;
  readonly #keysMax: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rate: Rate, keysMax: number) {
    this.#rate = rate;
    this.#keysMax = keysMax;
  }

  of(key: string, nowMs: number): TokenBucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    if (this.#buckets.size >= this.#keysMax) this.#forgetOldest();
    const bucket = new TokenBucket(this.#rate, nowMs);
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #forgetOldest(): void {
    for (const key of this.#buckets.keys()) {
      this.#buckets.delete(key);
      return;
    }
  }
}

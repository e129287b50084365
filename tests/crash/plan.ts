// When to kill, from a seed. Mostly while it works; some of the time in the first moments after it is ready, when all
// gateways come back; some during the start and its recovery, also twice in a row; some while it stops in good order
// and cuts a snapshot.

import type { Random } from '../../simulators/random.ts';

export type Blow =
  /** `afterMs` after its first acknowledgement, in the middle of the work; or after it is ready, as all come back. */
  | { readonly type: 'running'; readonly since: 'first-ack' | 'ready'; readonly afterMs: number }
  /** `share` of the time that a start usually takes, from the spawn on. */
  | { readonly type: 'starting'; readonly share: number }
  /** SIGTERM `afterMs` after the first acknowledgement, kill -9 `graceMs` later unless it has ended by then. */
  | { readonly type: 'stopping'; readonly afterMs: number; readonly graceMs: number };

type Moment = 'working' | 'coming-back' | 'starting' | 'stopping';

const EARLIEST_MS = 50;
const LATEST_MS = 1_500;
/** In this time all gateways log in and send again what they had in flight. */
const COMING_BACK_MS = 300;

export class Plan {
  readonly #random: Random;
  /** The first blows: even a short run has one of each kind. */
  readonly #first: Moment[] = ['working', 'stopping', 'starting', 'coming-back'];
  #rowLeft = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Blow {
    const random = this.#random;
    if (this.#rowLeft > 0) {
      this.#rowLeft -= 1;
      return { type: 'starting', share: random.next() };
    }
    switch (this.#first.shift() ?? this.#draw()) {
      case 'working':
        return { type: 'running', since: 'first-ack', afterMs: random.between(EARLIEST_MS, LATEST_MS) };
      case 'coming-back':
        return { type: 'running', since: 'ready', afterMs: random.between(0, COMING_BACK_MS) };
      case 'starting':
        // One start, or two or three in a row.
        this.#rowLeft = random.whole(0, 2);
        return { type: 'starting', share: random.between(0, 1.2) };
      case 'stopping':
        return {
          type: 'stopping',
          afterMs: random.between(EARLIEST_MS, LATEST_MS),
          graceMs: random.between(0, 250),
        };
    }
  }

  #draw(): Moment {
    const draw = this.#random.next();
    if (draw < 0.6) return 'working';
    if (draw < 0.7) return 'coming-back';
    return draw < 0.85 ? 'starting' : 'stopping';
  }
}

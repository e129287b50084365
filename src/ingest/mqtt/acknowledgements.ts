// Acknowledgements of one connection leave in the order in which its packets came [MQTT-4.6.0-2], whatever ends
// first: a refused frame is settled at once, the reading before it when it is on disk. The first failure closes the
// connection, so nothing behind it may be acknowledged either.

export type Acknowledge = (error?: Error | null) => void;

export interface Pending {
  /** Undefined while open; null: acknowledge; an error: close without. */
  outcome: Error | null | undefined;
  readonly acknowledge: Acknowledge;
}

export class Acknowledgements {
  readonly #queue: Pending[] = [];
  #head = 0;
  #isDead = false;

  open(acknowledge: Acknowledge): Pending {
    const pending: Pending = { outcome: undefined, acknowledge };
    this.#queue.push(pending);
    return pending;
  }

  settle(pending: Pending, outcome: Error | null): void {
    pending.outcome = outcome;
    while (!this.#isDead && this.#head < this.#queue.length) {
      const first = this.#queue[this.#head]!;
      if (first.outcome === undefined) return;
      this.#take();
      if (first.outcome !== null) this.abandon();
      first.acknowledge(first.outcome);
    }
  }

  /** The connection is gone: nobody is there to hear. */
  abandon(): void {
    this.#isDead = true;
    this.#queue.length = 0;
    this.#head = 0;
  }

  /** Cheap at both ends: the taken part is cut off when it is the larger one. */
  #take(): void {
    this.#head++;
    if (this.#head * 2 < this.#queue.length) return;
    this.#queue.splice(0, this.#head);
    this.#head = 0;
  }
}

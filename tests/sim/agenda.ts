// Virtual time: what happens next, in the order of time and, within one instant, of being planned. Nothing here waits;
// the simulation jumps from one instant to the next, so the same plans always run in the same order.

interface Plan {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export class Agenda {
  nowMs: number;
  /** Binary heap by time, then order. */
  readonly #heap: Plan[] = [];
  #planned = 0;

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  /** Instant of the next plan; Infinity when nothing is left. */
  nextAtMs(): number {
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** The past is now: plans never run before they were made. */
  at(atMs: number, run: () => void): void {
    const plan = { atMs: Math.max(this.nowMs, Math.ceil(atMs)), order: this.#planned++, run };
    const heap = this.#heap;
    let place = heap.push(plan) - 1;
    for (
      let parent = (place - 1) >> 1;
      place > 0 && isBefore(plan, heap[parent]!);
      parent = (place - 1) >> 1
    ) {
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = plan;
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.nowMs + delayMs, run);
  }

  /** Run what is planned for this instant, and what those plans add to it. */
  runDue(): void {
    while (this.nextAtMs() <= this.nowMs) this.#pop().run();
  }

  #pop(): Plan {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(plan: Plan): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      let child = place * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, plan)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = plan;
  }
}

function isBefore(a: Plan, b: Plan): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

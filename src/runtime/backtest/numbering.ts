// Small numbers for the few homes, gateways and devices of a back-test: the core keeps a row for every number up to
// the highest, so a single home with the number 900,000 would cost as much memory as all of them.

export class Numbering {
  readonly #small = new Map<number, number>();

  /** Smaller numbers stay smaller, because the core breaks ties by them. */
  constructor(known: Iterable<number>) {
    for (const number of [...known].sort((a, b) => a - b)) this.of(number);
  }

  has(number: number): boolean {
    return this.#small.has(number);
  }

  /** 1, 2, 3 … in the order of asking. */
  of(number: number): number {
    const known = this.#small.get(number);
    if (known !== undefined) return known;
    const small = this.#small.size + 1;
    this.#small.set(number, small);
    return small;
  }
}

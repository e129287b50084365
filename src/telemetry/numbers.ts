// A number for each of the dense numbers of the registry (homes, devices), outside the heap of the thread, which is
// bounded: a million homes have seven million devices.

const FIRST_LENGTH = 1024;

type Type = Int32ArrayConstructor | Float64ArrayConstructor;

export class Numbers {
  readonly #type: Type;
  readonly #none: number;
  #values: Int32Array | Float64Array;

  /** @param none what stands where nothing was set */
  constructor(type: Type, none: number) {
    this.#type = type;
    this.#none = none;
    this.#values = new type(FIRST_LENGTH).fill(none);
  }

  get(at: number): number {
    return at < this.#values.length ? this.#values[at]! : this.#none;
  }

  set(at: number, value: number): void {
    if (at >= this.#values.length) this.#grow(at + 1);
    this.#values[at] = value;
  }

  clear(): void {
    this.#values = new this.#type(FIRST_LENGTH).fill(this.#none);
  }

  #grow(length: number): void {
    const values = this.#values;
    this.#values = new this.#type(Math.max(length, 2 * values.length)).fill(this.#none, values.length);
    this.#values.set(values);
  }
}

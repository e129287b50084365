// Pages of the core as bytes, for the snapshot. A page is encoded again only after something in it changed, and most of
// that is done ahead: a snapshot is cut while alarms wait.

import type { Image } from './image.ts';

export interface PageSource {
  /** Names of all pages there are now, in order. */
  names(): readonly string[];
  /** What is on a page now, as JSON can say it. */
  contentOf(name: string): unknown;
}

export class EncodedPages {
  readonly #source: PageSource;
  readonly #encoded = new Map<string, Uint8Array>();

  constructor(source: PageSource) {
    this.#source = source;
  }

  /** Something on the page is another thing now. */
  noteChanged(name: string): void {
    this.#encoded.delete(name);
  }

  /** The page is just what these bytes say. */
  keep({ name, bytes }: Image): void {
    // Copied: a view would keep the whole snapshot in memory (and the slice of a Buffer is a view).
    this.#encoded.set(name, new Uint8Array(bytes));
  }

  images(): Image[] {
    return this.#source.names().map((name) => ({ name, bytes: this.#encode(name) }));
  }

  /** Encodes every page that has to be, one at a time; what changes behind it is left to `images`. */
  *encodeAhead(): Generator<void> {
    for (const name of this.#source.names()) {
      if (this.#encoded.has(name)) continue;
      this.#encode(name);
      yield;
    }
  }

  #encode(name: string): Uint8Array {
    const known = this.#encoded.get(name);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(JSON.stringify(this.#source.contentOf(name)));
    this.#encoded.set(name, bytes);
    return bytes;
  }
}

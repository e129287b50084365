// The open alerts as bytes, in pages of some hundred, for the snapshot. When the network of a city fails, hundreds of
// thousands are open; all in one text, a million would be longer than a text can be.

import type { Alert } from '../model/alert.ts';
import { EncodedPages } from '../state/encoded-pages.ts';
import type { Image } from '../state/image.ts';

/** What the book knows of an open alert beside the alert itself. */
export interface OpenAlert {
  alert: Alert;
  /** Another one when what it is about stands in another home now. */
  subject: string;
  /** Missing in a snapshot of a core that did not ask. */
  readonly home?: number;
  /** Small number that stands for the alert while it is open; used again afterwards. */
  readonly slot: number;
  /** Alerts that were raised later have a larger one. */
  readonly order: number;
}

/** Some 170 kB of JSON: a change costs half a millisecond. */
const SLOTS = 256;

export class BookPages {
  readonly #pages: EncodedPages;
  #pageCount = 0;

  /** @param inSlot undefined: the slot is free */
  constructor(inSlot: (slot: number) => OpenAlert | undefined) {
    this.#pages = new EncodedPages({
      names: () => Array.from({ length: this.#pageCount }, (_, page) => `${page}`),
      contentOf: (name) => slotsOf(name).flatMap((slot) => inSlot(slot) ?? []),
    });
  }

  /** The slot holds another alert, a changed one, or none. */
  noteChanged(slot: number): void {
    const page = Math.floor(slot / SLOTS);
    this.#pages.noteChanged(`${page}`);
    this.#pageCount = Math.max(this.#pageCount, page + 1);
  }

  images(): Image[] {
    return this.#pages.images();
  }

  /** The work of `images` ahead, a little at a time. */
  encodeAhead(): Generator<void> {
    return this.#pages.encodeAhead();
  }
}

function slotsOf(page: string): number[] {
  return Array.from({ length: SLOTS }, (_, at) => Number(page) * SLOTS + at);
}

/** What `images` made. */
export function readBookPages(images: readonly Image[]): OpenAlert[] {
  return images.flatMap(({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)) as OpenAlert[]);
}

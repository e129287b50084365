// The open alerts as bytes, in pages of some hundred, for the snapshot. When the network of a city fails, hundreds of
// thousands are open, and a snapshot is cut while alarms wait; all in one text, a million would be longer than a text
// can be. A page is encoded again only after one of its alerts changed.

import type { Alert } from '../model/alert.ts';
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
  readonly #inSlot: (slot: number) => OpenAlert | undefined;
  readonly #encoded = new Map<number, Uint8Array>();
  #pageCount = 0;

  /** @param inSlot undefined: the slot is free */
  constructor(inSlot: (slot: number) => OpenAlert | undefined) {
    this.#inSlot = inSlot;
  }

  /** The slot holds another alert, a changed one, or none. */
  noteChanged(slot: number): void {
    const page = pageOf(slot);
    this.#encoded.delete(page);
    this.#pageCount = Math.max(this.#pageCount, page + 1);
  }

  images(): Image[] {
    return Array.from({ length: this.#pageCount }, (_, page) => {
      return { name: `${page}`, bytes: this.#encode(page) };
    });
  }

  /** Encodes every page that has to be, one at a time; what changes behind it is left to `images`. */
  *encodeAhead(): Generator<void> {
    for (let page = 0; page < this.#pageCount; page++) {
      if (this.#encoded.has(page)) continue;
      this.#encode(page);
      yield;
    }
  }

  #encode(page: number): Uint8Array {
    const known = this.#encoded.get(page);
    if (known !== undefined) return known;
    const open: OpenAlert[] = [];
    for (let slot = page * SLOTS; slot < (page + 1) * SLOTS; slot++) {
      const alert = this.#inSlot(slot);
      if (alert !== undefined) open.push(alert);
    }
    const bytes = new TextEncoder().encode(JSON.stringify(open));
    this.#encoded.set(page, bytes);
    return bytes;
  }
}

/** What `images` made. */
export function readBookPages(images: readonly Image[]): OpenAlert[] {
  return images.flatMap(({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)) as OpenAlert[]);
}

function pageOf(slot: number): number {
  return Math.floor(slot / SLOTS);
}

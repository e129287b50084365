// The names of the roster as bytes, in pages of some thousand rows, for the snapshot: a million devices have names that
// change once a year, when they are configured.

import { EncodedPages } from './encoded-pages.ts';
import type { Image } from './image.ts';

/** The words that belong to the numbers; only read when an alert is worded. */
export interface RosterNames {
  homeId: string[];
  homeDistrict: string[];
  homeTimezone: string[];
  deviceId: string[];
  deviceKind: string[];
  deviceRoom: string[];
  gatewayId: string[];
  gatewayDistrict: string[];
}

export function emptyNames(): RosterNames {
  return {
    homeId: [],
    homeDistrict: [],
    homeTimezone: [],
    deviceId: [],
    deviceKind: [],
    deviceRoom: [],
    gatewayId: [],
    gatewayDistrict: [],
  };
}

const GROUPS = {
  homes: ['homeId', 'homeDistrict', 'homeTimezone'],
  devices: ['deviceId', 'deviceKind', 'deviceRoom'],
  gateways: ['gatewayId', 'gatewayDistrict'],
} as const satisfies Record<string, readonly (keyof RosterNames)[]>;
type Group = keyof typeof GROUPS;

/** About 100 kB of JSON each: a change costs a millisecond, and there are not too many of them. */
const ROWS = 4096;

interface Page {
  readonly group: Group;
  readonly from: number;
  /** One list per name of the group. */
  readonly lists: readonly (readonly (string | null)[])[];
}

export class NamePages {
  readonly #names: RosterNames;
  readonly #pages: EncodedPages;

  constructor(names: RosterNames) {
    this.#names = names;
    this.#pages = new EncodedPages({
      names: () => (Object.keys(GROUPS) as Group[]).flatMap((group) => this.#pagesOf(group)),
      contentOf: (name) => this.#page(name),
    });
  }

  /** Row `index` of a group has other names now. */
  noteChanged(group: Group, index: number): void {
    this.#pages.noteChanged(nameOf(group, Math.floor(index / ROWS)));
  }

  images(): Image[] {
    return this.#pages.images();
  }

  /** The work of `images` ahead, a little at a time. */
  encodeAhead(): Generator<void> {
    return this.#pages.encodeAhead();
  }

  restore(images: readonly Image[]): void {
    for (const image of images) {
      const { group, from, lists }: Page = JSON.parse(new TextDecoder().decode(image.bytes));
      this.#pages.keep(image);
      GROUPS[group].forEach((name, at) => {
        lists[at]!.forEach((word, row) => {
          // A row nobody configured is a hole, which JSON makes null.
          if (word !== null) this.#names[name][from + row] = word;
        });
      });
    }
  }

  #pagesOf(group: Group): string[] {
    const count = Math.ceil(this.#names[GROUPS[group][0]].length / ROWS);
    return Array.from({ length: count }, (_, page) => nameOf(group, page));
  }

  #page(name: string): Page {
    const [group, page] = name.split('/') as [Group, string];
    const from = Number(page) * ROWS;
    return { group, from, lists: GROUPS[group].map((each) => this.#names[each].slice(from, from + ROWS)) };
  }
}

function nameOf(group: Group, page: number): string {
  return `${group}/${page}`;
}

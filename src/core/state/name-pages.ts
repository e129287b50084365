// The names of the roster as bytes, in pages of some thousand rows, for the snapshot. A page is encoded again only
// after one of its rows was configured: a million devices have names that change once a year, and a snapshot is cut
// while alarms wait.

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
  /** By `group/page`. */
  readonly #encoded = new Map<string, Uint8Array>();

  constructor(names: RosterNames) {
    this.#names = names;
  }

  /** Row `index` of a group has other names now. */
  noteChanged(group: Group, index: number): void {
    this.#encoded.delete(keyOf(group, Math.floor(index / ROWS)));
  }

  images(): Image[] {
    return this.#pages().map(([group, page]) => ({
      name: keyOf(group, page),
      bytes: this.#encode(group, page),
    }));
  }

  /** Encodes every page that has to be, one at a time; what changes behind it is left to `images`. */
  *encodeAhead(): Generator<void> {
    for (const [group, page] of this.#pages()) {
      if (this.#encoded.has(keyOf(group, page))) continue;
      this.#encode(group, page);
      yield;
    }
  }

  #pages(): (readonly [Group, number])[] {
    return (Object.keys(GROUPS) as Group[]).flatMap((group) => {
      const pages = Math.ceil(this.#names[GROUPS[group][0]].length / ROWS);
      return Array.from({ length: pages }, (_, page) => [group, page] as const);
    });
  }

  restore(images: readonly Image[]): void {
    for (const { name: key, bytes } of images) {
      const { group, from, lists }: Page = JSON.parse(new TextDecoder().decode(bytes));
      // Copied: a view would keep the whole snapshot in memory (and the slice of a Buffer is a view).
      this.#encoded.set(key, new Uint8Array(bytes));
      GROUPS[group].forEach((name, at) => {
        lists[at]!.forEach((word, row) => {
          // A row nobody configured is a hole, which JSON makes null.
          if (word !== null) this.#names[name][from + row] = word;
        });
      });
    }
  }

  #encode(group: Group, page: number): Uint8Array {
    const key = keyOf(group, page);
    const known = this.#encoded.get(key);
    if (known !== undefined) return known;
    const from = page * ROWS;
    const lists = GROUPS[group].map((name) => this.#names[name].slice(from, from + ROWS));
    const bytes = new TextEncoder().encode(JSON.stringify({ group, from, lists } satisfies Page));
    this.#encoded.set(key, bytes);
    return bytes;
  }
}

function keyOf(group: Group, page: number): string {
  return `${group}/${page}`;
}

// Asks memory for what the next entries will need, all at once, so that a hundred thousand homes are not waited for one
// line of the cache after the other. In three rounds over some entries, each of reads that do not wait for each other:
// what the entries name, the rows of gateways and devices, and those of the homes the devices belong to.

import type { Entry } from '../model/entry.ts';
import type { Roster } from './roster.ts';
import type { DeviceRow, GatewayRow, HomeRow } from './row.ts';

/** Entries whose homes fit the innermost cache: 16 of a kB each (8 to 32 do as well). */
export const READ_AHEAD = 16;

export class ReadAhead {
  readonly #roster: Roster;
  readonly #gateways = new Uint32Array(READ_AHEAD);
  readonly #devices = new Uint32Array(READ_AHEAD);
  readonly #homes = new Uint32Array(READ_AHEAD);
  /** Of all that was read, and never asked for: reads whose result nobody keeps are no reads. */
  #sum = 0;

  constructor(roster: Roster) {
    this.#roster = roster;
  }

  /** What `READ_AHEAD` entries from `from` on will need. */
  read(entries: readonly Entry[], from: number): void {
    const count = this.#name(entries, from);
    const { homes, devices, gateways } = this.#roster;
    const { home } = devices.columns;
    let sum = 0;
    for (let at = 0; at < count; at++) this.#homes[at] = home.get(this.#devices[at] as DeviceRow);
    for (let at = 0; at < count; at++)
      sum +=
        devices.readAhead(this.#devices[at] as DeviceRow) +
        gateways.readAhead(this.#gateways[at] as GatewayRow);
    for (let at = 0; at < count; at++) sum += homes.readAhead(this.#homes[at] as HomeRow);
    this.#sum += sum;
  }

  /** Rows that the observations among them name; how many there are. */
  #name(entries: readonly Entry[], from: number): number {
    const { devices, gateways } = this.#roster;
    const until = Math.min(entries.length, from + READ_AHEAD);
    let count = 0;
    for (let at = from; at < until; at++) {
      const { body } = entries[at]!;
      if (body.type !== 'observation') continue;
      const device = body.device ?? 0;
      this.#devices[count] = device < devices.size ? devices.row(device) : 0;
      this.#gateways[count] = body.gateway < gateways.size ? gateways.row(body.gateway) : 0;
      count++;
    }
    return count;
  }
}

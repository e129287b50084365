// Bugs that can be planted around the real code, so that a test shows that the auditor finds them. Nothing in `src` is
// changed: the wrapper of the simulated service does the wrong thing at its own place.

import type { RuleSettings } from '#core/model/home.ts';

export interface Plant {
  /** Missed: acknowledges when a reading is taken, not when it is durable. */
  readonly acksBeforeDurable?: boolean;
  /** Doubled: the window of known events is empty after a crash. */
  readonly forgetsIdentities?: boolean;
  /** False: our own outages are not told to the core, so the silence of others is taken for theirs. */
  readonly hidesOutages?: boolean;
  /** A snapshot loses what one column knew. */
  readonly dropsColumn?: { readonly table: string; readonly column: string };
  /** Rules are not set as the auditor was told. */
  readonly rules?: RuleSettings;
}

interface Head {
  readonly tables: readonly {
    readonly table: string;
    readonly columns: readonly { readonly name: string; readonly byteLength: number }[];
  }[];
}

/** The same snapshot with one column set to nought. @throws Error when there is no such column */
export function withoutColumn(
  snapshot: Uint8Array,
  { table, column }: NonNullable<Plant['dropsColumn']>,
): Uint8Array {
  const data = snapshot.slice();
  const headBytes = new DataView(data.buffer).getUint32(0);
  const head: Head = JSON.parse(new TextDecoder().decode(data.subarray(4, 4 + headBytes)));
  let at = 4 + headBytes;
  for (const { table: name, columns } of head.tables) {
    for (const { name: columnName, byteLength } of columns) {
      if (name === table && columnName === column) return data.fill(0, at, at + byteLength);
      at += byteLength;
    }
  }
  throw new Error(`a snapshot has no column ${table}/${column}`);
}

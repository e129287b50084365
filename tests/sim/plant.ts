// Bugs that can be planted around the real code, so that a test shows that the auditor finds them. Nothing in `src` is
// changed: the wrapper of the simulated service does the wrong thing at its own place.

import type { RuleSettings } from '#core/model/home.ts';
import type { BodyHead } from '#core/snapshot-body.ts';

export interface Plant {
  /** Missed: acknowledges when a reading is taken, not when it is durable. */
  readonly acksBeforeDurable?: boolean;
  /** Doubled: the window of known events is empty after a crash. */
  readonly forgetsIdentities?: boolean;
  /** False: our own outages are not told to the core, so the silence of others is taken for theirs. */
  readonly hidesOutages?: boolean;
  /** A snapshot loses what one column knew. */
  readonly dropsColumn?: { readonly table: keyof BodyTables; readonly column: string };
  /** Rules are not set as the auditor was told. */
  readonly rules?: RuleSettings;
}

type BodyTables = NonNullable<BodyHead['body']>['tables'];

const BYTES = { f64: 8, f32: 4, u32: 4, u16: 2, u8: 1 } as const;

/** The same snapshot with one column set to nought. @throws Error when there is no such column */
export function withoutColumn(
  snapshot: Uint8Array,
  { table, column }: NonNullable<Plant['dropsColumn']>,
): Uint8Array {
  const data = snapshot.slice();
  const headBytes = new DataView(data.buffer).getUint32(0);
  const { body }: BodyHead = JSON.parse(new TextDecoder().decode(data.subarray(4, 4 + headBytes)));
  let from = 4 + headBytes;
  for (const images of Object.values(body!.images)) for (const { byteLength } of images) from += byteLength;
  for (const [name, { blocks }] of Object.entries(body!.tables)) {
    for (const block of blocks) {
      if ('type' in block) throw new Error('a snapshot of today has no lanes');
      const { stride, columns, byteLength } = block;
      const dropped = name === table ? columns.find((each) => each.name === column) : undefined;
      if (dropped !== undefined) {
        const { type, width, at } = dropped;
        for (let to = from + at; to < from + byteLength; to += stride)
          data.fill(0, to, to + width * BYTES[type]);
        return data;
      }
      from += byteLength;
    }
  }
  throw new Error(`a snapshot has no column ${table}/${column}`);
}

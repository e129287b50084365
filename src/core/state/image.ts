/** Something of the core as bytes, for the snapshot. */
export interface Image {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Copies bytes that go on changing: into memory of its own, or wherever the one who cuts a snapshot has room. */
export type Copy = (bytes: Uint8Array) => Uint8Array;

export const ownCopy: Copy = (bytes) => bytes.slice();

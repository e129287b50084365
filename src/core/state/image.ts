/** Something of the core as bytes, for the snapshot. */
export interface Image {
  readonly name: string;
  readonly bytes: Uint8Array;
}

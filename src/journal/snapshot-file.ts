// The bytes of a snapshot file: magic, length of the header, header (JSON), data, SHA-256 of everything before it.
// Written in slices, so that a large snapshot holds neither the event loop nor a second copy of itself.

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

export interface Snapshot {
  /** The last entry that is in it. */
  readonly offset: number;
  readonly coreVersion: string;
  readonly data: Uint8Array;
}

/** In parts, which are written one after the other: together they are `data`. */
export interface UnsavedSnapshot extends Omit<Snapshot, 'data'> {
  readonly parts: readonly Uint8Array[];
}

export type DecodedSnapshot =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly reason: string };

const MAGIC = Buffer.from('SWSNAP01');
const LENGTH_BYTES = 4;
const DIGEST_BYTES = 32;
/** SHA-256 of 1 MiB takes about a millisecond. */
const SLICE_BYTES = 1024 * 1024;
/** While a snapshot is read nobody is served yet. */
const READ_BYTES = 16 * 1024 * 1024;

/** Writes the whole file; the caller syncs. */
export async function writeSnapshot(
  handle: FileHandle,
  { offset, coreVersion, parts }: UnsavedSnapshot,
): Promise<void> {
  const dataBytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const header = Buffer.from(JSON.stringify({ offset, coreVersion, dataBytes }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(header.length);
  const start = Buffer.concat([MAGIC, length, header]);
  const hash = createHash('sha256').update(start);
  await handle.writeFile(start);
  for (const part of parts) {
    for (let at = 0; at < part.length; at += SLICE_BYTES) {
      const slice = part.subarray(at, at + SLICE_BYTES);
      hash.update(slice);
      await handle.writeFile(slice);
    }
  }
  await handle.writeFile(hash.digest());
}

/**
 * By slices, for the file of a million homes is larger than what Node reads or hashes at once (2 GiB).
 * @throws Error of the file system
 */
export async function readSnapshot(handle: FileHandle): Promise<DecodedSnapshot> {
  const { size } = await handle.stat();
  if (size < MAGIC.length + LENGTH_BYTES + DIGEST_BYTES) return { ok: false, reason: 'the file is torn' };
  const file = Buffer.allocUnsafeSlow(size);
  const end = size - DIGEST_BYTES;
  const hash = createHash('sha256');
  for await (const [from, to] of readSlices(handle, file))
    hash.update(file.subarray(from, Math.min(to, end)));
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) return { ok: false, reason: 'not a snapshot' };
  if (!hash.digest().equals(file.subarray(end)))
    return { ok: false, reason: 'checksum: torn or changed bytes' };
  // From here on the bytes are what was written.
  const headerAt = MAGIC.length + LENGTH_BYTES;
  const dataAt = headerAt + file.readUInt32LE(MAGIC.length);
  const { offset, coreVersion } = JSON.parse(file.subarray(headerAt, dataAt).toString());
  return { ok: true, snapshot: { offset, coreVersion, data: file.subarray(dataAt, end) } };
}

/** Fills `file`; each slice is given from where to where, while the next one is being read. */
async function* readSlices(handle: FileHandle, file: Buffer): AsyncGenerator<readonly [number, number]> {
  const read = (at: number) => handle.read(file, at, Math.min(READ_BYTES, file.length - at), at);
  let reading = read(0);
  for (let from = 0; from < file.length; ) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) throw new Error('the file has become shorter');
    const to = from + bytesRead;
    if (to < file.length) reading = read(to);
    yield [from, to];
    from = to;
  }
}

// Saved copy of the de-duplication window, so that opening scans only the tail of the log. Only a short cut: when it is
// missing, broken, of another setting or of another log, the whole retained log is scanned instead.
//
// It is written block by block while the window goes on, so a block may already contain entries after `scanAfter`;
// scanning them again changes nothing. It never contains what is not durable. It is believed only when the log still
// holds the very entry that was the last one when the copy was complete (`provenOffset` and its checksum): beside an
// older backup of the log it would call events duplicates that this log never saw.

import { closeSync, openSync, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { replaceFile } from '#ops/replace-file.ts';
import { IdentityWindow, type WindowBlock } from './window.ts';

export interface WindowSource {
  readonly window: IdentityWindow;
  /** Last durable offset at this moment. */
  readonly durableOffset: () => number;
  readonly checksumAt: (offset: number) => number | null;
}

export interface SavedWindow {
  readonly window: IdentityWindow;
  readonly scanAfterOffset: number;
}

const MAGIC = 0x5357_5731;
/** Magic, identities per source, block count, scan after, proven offset, proven checksum, checksum of these. */
const HEADER_NUMBERS = 7;
const HEADER_BYTES = HEADER_NUMBERS * 8;
/** Source count and checksum, as doubles, so that everything behind them is aligned. */
const BLOCK_HEADER_BYTES = 16;
/** A sync now and then, lest one large flush at the end holds up the log's own fsync. */
const BLOCKS_PER_SYNC = 8;

export async function saveWindow(file: string, source: WindowSource): Promise<void> {
  await replaceFile(file, (handle) => writeAll(handle, source));
}

async function writeAll(
  handle: FileHandle,
  { window, durableOffset, checksumAt }: WindowSource,
): Promise<void> {
  const scanAfter = durableOffset();
  let at = HEADER_BYTES;
  let blocks = 0;
  for (; blocks < window.blockCount(); blocks++) {
    const bytes = bytesOf(window.copyBlock(blocks));
    await handle.write(bytes, 0, bytes.length, at);
    at += bytes.length;
    if (blocks % BLOCKS_PER_SYNC === BLOCKS_PER_SYNC - 1) await handle.datasync();
  }
  const proven = durableOffset();
  const fields = [MAGIC, window.identitiesPerSource, blocks, scanAfter, proven, checksumAt(proven) ?? -1];
  const header = Float64Array.of(...fields, headerChecksum(fields));
  await handle.write(new Uint8Array(header.buffer), 0, HEADER_BYTES, 0);
}

function headerChecksum(fields: readonly number[]): number {
  return crc32(fields.join());
}

function bytesOf(block: WindowBlock): Uint8Array {
  const body = Buffer.concat([viewOf(block.sources), viewOf(block.words), viewOf(block.positions)]);
  const header = Float64Array.of(block.sources.length, crc32(body));
  return Buffer.concat([viewOf(header), body]);
}

function viewOf(array: Float64Array | Int32Array | Uint16Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/**
 * The copy, or null when it cannot be believed (whatever the reason: the log itself has all the answers). Reads
 * hundreds of megabytes without a pause: not on the main thread.
 */
export function loadWindow(
  file: string,
  identitiesPerSource: number,
  checksumAt: (offset: number) => number | null,
): SavedWindow | null {
  let handle: number | null = null;
  try {
    handle = openSync(file, 'r');
    const fields = [...new Float64Array(readExactly(handle, HEADER_BYTES, 0))];
    const [magic, perSource, blocks, scanAfterOffset, proven, provenChecksum, ownChecksum] = fields;
    const isWhole = magic === MAGIC && ownChecksum === headerChecksum(fields.slice(0, -1));
    if (!isWhole || perSource !== identitiesPerSource || checksumAt(proven!) !== provenChecksum) return null;
    const window = new IdentityWindow(identitiesPerSource);
    readBlocks(handle, blocks!, window);
    return { window, scanAfterOffset: scanAfterOffset! };
  } catch {
    return null;
  } finally {
    if (handle !== null) closeSync(handle);
  }
}

function readBlocks(handle: number, count: number, window: IdentityWindow): void {
  const wordsPerSource = window.identitiesPerSource * 4;
  // One for all: every new one of half a megabyte would be work for the collector.
  let body = new ArrayBuffer(0);
  let at = HEADER_BYTES;
  for (let i = 0; i < count; i++) {
    const [sourceCount, checksum] = new Float64Array(readExactly(handle, BLOCK_HEADER_BYTES, at));
    const bodyBytes = sourceCount! * (8 + wordsPerSource * 4 + 2);
    body = readExactly(handle, bodyBytes, at + BLOCK_HEADER_BYTES, body);
    if (crc32(new Uint8Array(body)) !== checksum) throw new Error('a block is not what was written');
    const wordsAt = sourceCount! * 8;
    const positionsAt = wordsAt + sourceCount! * wordsPerSource * 4;
    window.restoreBlock({
      sources: new Float64Array(body, 0, sourceCount),
      words: new Int32Array(body, wordsAt, sourceCount! * wordsPerSource),
      positions: new Uint16Array(body, positionsAt, sourceCount),
    });
    at += BLOCK_HEADER_BYTES + bodyBytes;
  }
}

/** @param reused filled again when it is as large as what is read */
function readExactly(handle: number, byteCount: number, at: number, reused?: ArrayBuffer): ArrayBuffer {
  // A broken count must not become an allocation of gigabytes; one block is far below this.
  if (!(byteCount >= 0 && byteCount <= 2 ** 30)) throw new RangeError(`${byteCount} bytes`);
  const bytes = new Uint8Array(reused?.byteLength === byteCount ? reused : new ArrayBuffer(byteCount));
  if (readSync(handle, bytes, 0, byteCount, at) !== byteCount) throw new Error('the file ends too early');
  return bytes.buffer;
}

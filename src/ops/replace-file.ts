// Replaces a file so that after a crash or power loss at any instant either the old or the new content is there, whole:
// temporary file, fsync, rename, fsync of the folder. Mode 0600. The temporary file never outlives a failure that the
// process survives; one left by a crash is overwritten by the next attempt.

import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Ending of the temporary file beside the target. */
export const PARTIAL_ENDING = '.partial';

/** Rejects with the file system's error; the old content is then untouched. One call per file at a time. */
export async function replaceFile(file: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const partial = file + PARTIAL_ENDING;
  try {
    await writeDurably(partial, write);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

async function writeDurably(file: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

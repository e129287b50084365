// One process per data folder. The lock is an SQLite file held in an exclusive transaction: the kernel frees it with
// the process, however that ends (kill -9 too), so there is never a stale lock to delete by hand. It also refuses a
// second lock within one process. Only for local disks: network file systems may not keep such locks.

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type FolderLockErrorCode = 'data-folder-in-use' | 'data-folder-unwritable';

export class FolderLockError extends Error {
  readonly code: FolderLockErrorCode;

  constructor(code: FolderLockErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FolderLockError';
    this.code = code;
  }
}

export interface FolderLock {
  /** Frees the folder; more than once does no harm. */
  release(): void;
}

const LOCK_FILE_NAME = 'lock.db';
const SQLITE_BUSY = 5;

/** Creates the folder (mode 0700) when it is missing. Throws `FolderLockError`; never waits. */
export function lockFolder(folder: string): FolderLock {
  const file = join(folder, LOCK_FILE_NAME);
  let db: DatabaseSync | null = null;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    db = new DatabaseSync(file, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    return heldBy(db);
  } catch (error) {
    if (db?.isOpen) db.close();
    throw asLockError(error, folder);
  }
}

function heldBy(db: DatabaseSync): FolderLock {
  return {
    release() {
      if (db.isOpen) db.close();
    },
  };
}

function asLockError(error: unknown, folder: string): FolderLockError {
  const isBusy =
    error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
  if (isBusy) {
    const message = `the data folder ${folder} is in use by another running service`;
    return new FolderLockError('data-folder-in-use', message, { cause: error });
  }
  const text = error instanceof Error ? error.message : String(error);
  return new FolderLockError('data-folder-unwritable', `cannot lock the data folder: ${text}`, {
    cause: error,
  });
}

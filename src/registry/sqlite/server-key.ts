// The server key: 32 random bytes that turn gateway secrets into what is stored. Without the key file a stolen
// registry says nothing about secrets; without the key file no gateway can log in either. So it is made durable
// before its first use, and a registry never starts with another key than the one its secrets were made with.

import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { causeText, RegistryOpenError } from './open-error.ts';
import type { Database } from './schema.ts';

const KEY_BYTES = 32;
const KEY_CHECK = 'server-key-check';

/** The key of `keyFile`, or null when there is no such file. @throws RegistryOpenError key-file */
export function readServerKey(keyFile: string): KeyObject | null {
  let descriptor: number;
  try {
    descriptor = openSync(keyFile, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw keyError(keyFile, `cannot be read (${causeText(error)})`, error);
  }
  try {
    // Permission bits mean nothing on Windows.
    const mode = fstatSync(descriptor).mode & 0o777;
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw keyError(keyFile, `may be read by others (mode ${mode.toString(8)}); run chmod 600 on it`);
    }
    const bytes = readFileSync(descriptor);
    if (bytes.length !== KEY_BYTES) {
      throw keyError(keyFile, `has ${bytes.length} bytes instead of ${KEY_BYTES}; restore it from a backup`);
    }
    return createSecretKey(bytes);
  } catch (error) {
    if (error instanceof RegistryOpenError) throw error;
    throw keyError(keyFile, `cannot be read (${causeText(error)})`, error);
  } finally {
    closeSync(descriptor);
  }
}

/** A new key, on disk before it is returned: secrets made with a key that a power cut takes would lock out all. */
export function createServerKey(keyFile: string): KeyObject {
  const bytes = randomBytes(KEY_BYTES);
  try {
    const descriptor = openSync(keyFile, 'wx', 0o600);
    try {
      writeSync(descriptor, bytes);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    syncFolder(dirname(keyFile));
  } catch (error) {
    throw keyError(keyFile, `cannot be created (${causeText(error)})`, error);
  }
  return createSecretKey(bytes);
}

export function randomServerKey(): KeyObject {
  return createSecretKey(randomBytes(KEY_BYTES));
}

/**
 * The key that belongs to this registry; created with it.
 * @throws RegistryOpenError key-file when the file is missing, unreadable, or belongs to another registry
 */
export async function serverKeyFor(db: Database, keyFile: string): Promise<KeyObject> {
  const check = await db
    .selectFrom('registry_meta')
    .select('value')
    .where('name', '=', KEY_CHECK)
    .executeTakeFirst();
  const existing = keyFile === ':memory:' ? randomServerKey() : readServerKey(keyFile);
  if (existing === null && check !== undefined) {
    throw keyError(
      keyFile,
      'is missing, and the gateway secrets were made with it; restore it from a backup',
    );
  }
  const key = existing ?? createServerKey(keyFile);
  const value = createHmac('sha256', key).update(KEY_CHECK).digest('hex');
  if (check === undefined) {
    await db.insertInto('registry_meta').values({ name: KEY_CHECK, value }).execute();
  } else if (check.value !== value) {
    throw keyError(keyFile, 'belongs to another registry; restore the one of this registry from a backup');
  }
  return key;
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function keyError(keyFile: string, what: string, cause?: unknown): RegistryOpenError {
  return new RegistryOpenError(
    'key-file',
    `key file ${keyFile} ${what}`,
    cause === undefined ? {} : { cause },
  );
}

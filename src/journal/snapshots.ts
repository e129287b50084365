// Port and adapters for snapshots of the core: state after the entry at `offset`, so that recovery replays only the
// rest of the log. A broken snapshot is never used and never silently ignored: it is reported, and the one before it is
// taken (the newest two are kept for that). Says nothing about whether a core version can read another one's data.

import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PARTIAL_ENDING, replaceFile } from '#ops/replace-file.ts';
import {
  type DecodedSnapshot,
  readSnapshot,
  type Snapshot,
  type UnsavedSnapshot,
  writeSnapshot,
} from './snapshot-file.ts';

export type { Snapshot, UnsavedSnapshot } from './snapshot-file.ts';

export interface SnapshotStore {
  /** Resolves when it is durable and whole. Its parts must not change until then. */
  save(snapshot: UnsavedSnapshot): Promise<void>;
  /** The newest intact one; null when there is none. */
  latest(): Promise<Snapshot | null>;
}

export interface FileSnapshotOptions {
  /** Created when missing (mode 0700). */
  readonly folder: string;
  /** A file that is not what was written, by name, and why. It is set aside under the ending `.broken`. */
  readonly onBroken: (file: string, reason: string) => void;
}

/** One could be broken; two at once mean a broken disk. */
const KEPT = 2;
const NAME = /^snapshot-(\d{16})\.bin$/;

export function createFileSnapshotStore(options: FileSnapshotOptions): SnapshotStore {
  return new FileSnapshotStore(options);
}

class FileSnapshotStore implements SnapshotStore {
  readonly #options: FileSnapshotOptions;
  #lastSave: Promise<void> = Promise.resolve();

  constructor(options: FileSnapshotOptions) {
    this.#options = options;
  }

  /** One after the other, so that two saves never clean up behind each other. */
  save(snapshot: UnsavedSnapshot): Promise<void> {
    const save = this.#lastSave.then(() => this.#save(snapshot));
    this.#lastSave = save.catch(() => {});
    return save;
  }

  async latest(): Promise<Snapshot | null> {
    for (const name of await this.#namesNewestFirst()) {
      const snapshot = await this.#readIntact(name);
      if (snapshot !== null) return snapshot;
    }
    return null;
  }

  async #save(snapshot: UnsavedSnapshot): Promise<void> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await replaceFile(join(folder, nameOf(snapshot.offset)), (handle) => writeSnapshot(handle, snapshot));
    const names = await this.#namesNewestFirst();
    for (const name of names.slice(KEPT)) await rm(join(folder, name), { force: true });
    await this.#removePartials();
  }

  async #readIntact(name: string): Promise<Snapshot | null> {
    const file = join(this.#options.folder, name);
    let decoded: DecodedSnapshot;
    try {
      decoded = await decodedFile(file);
    } catch (error) {
      // Perhaps readable again later: not set aside.
      this.#options.onBroken(
        file,
        `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
      return null;
    }
    if (decoded.ok) return decoded.snapshot;
    this.#options.onBroken(file, decoded.reason);
    // Set aside, lest it counts as one of the two that are kept and pushes out an intact one.
    await rename(file, `${file}.broken`);
    return null;
  }

  async #namesNewestFirst(): Promise<string[]> {
    const names = await this.#names();
    return names.filter((name) => NAME.test(name)).sort((a, b) => (a < b ? 1 : -1));
  }

  /** Left by a crash in the middle of a save. */
  async #removePartials(): Promise<void> {
    const names = await this.#names();
    for (const name of names.filter((each) => each.endsWith(PARTIAL_ENDING))) {
      await rm(join(this.#options.folder, name), { force: true });
    }
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#options.folder);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  }
}

async function decodedFile(file: string): Promise<DecodedSnapshot> {
  const handle = await open(file, 'r');
  try {
    return await readSnapshot(handle);
  } finally {
    await handle.close();
  }
}

/** Padded, so that names sort as offsets do. */
function nameOf(offset: number): string {
  return `snapshot-${String(offset).padStart(16, '0')}.bin`;
}

/** For tests and recordings; the newest only. */
export function createMemorySnapshotStore(): SnapshotStore {
  let newest: Snapshot | null = null;
  return {
    async save({ parts, ...snapshot }) {
      if (newest === null || snapshot.offset >= newest.offset)
        newest = { ...snapshot, data: new Uint8Array(Buffer.concat(parts)) };
    },
    async latest() {
      return newest === null ? null : { ...newest, data: newest.data.slice() };
    },
  };
}

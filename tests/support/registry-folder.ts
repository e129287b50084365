// A temporary folder with a registry file and its key, and a clock that stands where it is put.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteRegistry, type SqliteRegistry } from '#registry/sqlite/open.ts';

export interface RegistryFolder {
  readonly file: string;
  readonly keyFile: string;
  readonly clock: { now: number; nowMs(): number };
  open(): Promise<SqliteRegistry>;
  remove(): void;
}

export function registryFolder(): RegistryFolder {
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-registry-'));
  const file = join(folder, 'registry.sqlite');
  const keyFile = join(folder, 'server.key');
  const clock = {
    now: Date.UTC(2026, 10, 22, 8),
    nowMs() {
      return this.now;
    },
  };
  return {
    file,
    keyFile,
    clock,
    open: () => openSqliteRegistry({ file, keyFile, clock }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function memoryRegistry(nowMs = () => Date.UTC(2026, 10, 22, 8)): Promise<SqliteRegistry> {
  return openSqliteRegistry({ file: ':memory:', keyFile: ':memory:', clock: { nowMs } });
}

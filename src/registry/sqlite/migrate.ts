// Brings the schema up to date, at open, in one transaction: after a crash the file is either at the old version
// or at the new one. A file of a newer version, or of another program, is refused untouched.

import type { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS, type Migration } from './migrations/index.ts';
import { RegistryOpenError } from './open-error.ts';

/** @throws RegistryOpenError newer-schema, not-a-registry */
export function migrate(
  database: DatabaseSync,
  options: { readonly file: string; readonly nowMs: number; readonly migrations?: readonly Migration[] },
): void {
  const migrations = options.migrations ?? MIGRATIONS;
  database.exec('begin immediate');
  try {
    const version = schemaVersion(database, options.file);
    const newest = migrations.at(-1)?.version ?? 0;
    if (version > newest) throw newerSchema(options.file, version, newest);
    for (const migration of migrations) {
      if (migration.version > version) apply(database, migration, options.nowMs);
    }
    database.exec('commit');
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}

function schemaVersion(database: DatabaseSync, file: string): number {
  const tables = database.prepare(`select name from sqlite_schema where type = 'table'`).all();
  if (tables.length === 0) {
    database.exec(
      `create table schema_history (
         version integer primary key, name text not null, applied_at_ms integer not null
       ) strict`,
    );
    return 0;
  }
  if (!tables.some((table) => table['name'] === 'schema_history')) {
    throw new RegistryOpenError('not-a-registry', `${file} is a database of something else, not a registry`);
  }
  return Number(
    database.prepare('select max(version) as version from schema_history').get()?.['version'] ?? 0,
  );
}

function apply(database: DatabaseSync, migration: Migration, nowMs: number): void {
  for (const statement of migration.statements) database.exec(statement);
  database
    .prepare('insert into schema_history (version, name, applied_at_ms) values (?, ?, ?)')
    .run(migration.version, migration.name, nowMs);
}

function newerSchema(file: string, version: number, newest: number): RegistryOpenError {
  const advice = 'start the newer version of the service, or restore the backup made before the upgrade';
  return new RegistryOpenError(
    'newer-schema',
    `${file} has schema ${version}, this version knows ${newest} and older: ${advice}`,
  );
}

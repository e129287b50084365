// Opens the registry of one data folder: schema, server key, memory, then the port. One process per file: the
// directory and the labels in memory follow only changes made through this object.

import type { DatabaseSync } from 'node:sqlite';
import type { Registry } from '#registry/registry.ts';
import { type AuditCheck, AuditTrail } from './audit.ts';
import { Changes, type RegistryLog } from './changes.ts';
import { walkConfigurations } from './configuration.ts';
import { contactCollection } from './contacts.ts';
import { kyselyOver, openConnection, shortenBusyTimeout } from './database.ts';
import { deviceCollection } from './devices.ts';
import { MemoryDirectory } from './directory.ts';
import { districtCollection } from './districts.ts';
import { elderCollection } from './elders.ts';
import { createGatewaySecrets, type GatewaySecrets } from './gateway-secrets.ts';
import { gatewayCollection, issueGatewaySecret, retireOldSecret } from './gateways.ts';
import { homeCollection } from './homes.ts';
import { HomeLabels } from './labels.ts';
import { migrate } from './migrate.ts';
import { causeText, RegistryOpenError } from './open-error.ts';
import { PasswordHasher } from './passwords.ts';
import { createIdMaker } from './public-id.ts';
import { homesGrownFrail, yearOf } from './risk.ts';
import type { Database } from './schema.ts';
import { serverKeyFor } from './server-key.ts';
import { Sessions } from './sessions.ts';
import { authenticateStaff, createFirstAdministrator, staffCollection } from './staff.ts';
import { finishAreasOfLastTime } from './unfinished-areas.ts';

export interface SqliteRegistryOptions {
  /** The database file, made when absent; `:memory:` for a registry that nothing survives. */
  readonly file: string;
  /** 32 random bytes, mode 0600, made when absent; back it up too. `:memory:` only beside a `:memory:` file. */
  readonly keyFile: string;
  /** Wall clock, ms UTC: ages, sessions and the audit trail. Never the clock of a replayed recording. */
  readonly clock: { nowMs(): number };
  readonly log?: RegistryLog;
}

export interface SqliteRegistry extends Registry {
  /** Walk the audit trail's hash chain; answers the first bad row or the head. */
  verifyAudit(): Promise<AuditCheck>;
}

/** @throws RegistryOpenError with one line for the operator of the server */
export async function openSqliteRegistry(options: SqliteRegistryOptions): Promise<SqliteRegistry> {
  if (options.keyFile === ':memory:' && options.file !== ':memory:') {
    throw new RegistryOpenError('key-file', 'a registry in a file needs its key in a file');
  }
  const connection = connect(options);
  const db = kyselyOver(connection);
  try {
    const secrets = createGatewaySecrets(await serverKeyFor(db, options.keyFile));
    const registry = await assemble(db, secrets, options);
    shortenBusyTimeout(connection);
    return registry;
  } catch (error) {
    await db.destroy();
    // Before its first query Kysely owns nothing and would leave the file open.
    if (connection.isOpen) connection.close();
    throw error;
  }
}

function connect(options: SqliteRegistryOptions): DatabaseSync {
  let connection: DatabaseSync | null = null;
  try {
    connection = openConnection(options.file);
    migrate(connection, { file: options.file, nowMs: options.clock.nowMs() });
    return connection;
  } catch (error) {
    connection?.close();
    if (error instanceof RegistryOpenError) throw error;
    const message = `registry file ${options.file} cannot be opened: ${causeText(error)}`;
    throw new RegistryOpenError('unreadable', message, { cause: error });
  }
}

async function assemble(
  db: Database,
  secrets: GatewaySecrets,
  { clock, log }: SqliteRegistryOptions,
): Promise<SqliteRegistry> {
  const nowMs = () => clock.nowMs();
  const makeId = createIdMaker(nowMs);
  const directory = new MemoryDirectory(secrets);
  const labels = new HomeLabels(nowMs);
  const changes = new Changes({ db, directory, labels, nowMs, log });
  const passwords = new PasswordHasher();
  const sessions = new Sessions(db, nowMs);
  const audit = new AuditTrail(db, nowMs);
  const staffParts = { db, changes, passwords, makeId };
  await noticeBirthdays(db, changes, yearOf(nowMs()));
  await finishAreasOfLastTime(db, changes);
  await directory.load(db);
  await labels.load(db);

  return {
    districts: districtCollection(db, changes, labels),
    homes: homeCollection(db, changes, makeId),
    elders: elderCollection({ db, changes, makeId, nowMs }),
    contacts: contactCollection(db, changes, makeId),
    gateways: gatewayCollection(db, changes, makeId),
    devices: deviceCollection(db, changes, directory),
    staff: staffCollection(staffParts),
    directory,
    issueGatewaySecret: (gatewayId) => issueGatewaySecret(changes, secrets, gatewayId),
    retireOldSecret: (gatewayId) => retireOldSecret(changes, gatewayId),
    homeLabel: (homeId) => labels.label(homeId),
    districtName: (code) => labels.districtName(code),
    configurations: (isKnown) => walkConfigurations(db, isKnown),
    onConfigurationChange: (listener) => changes.listen(listener),
    authenticateStaff: (login, password) => authenticateStaff(staffParts, login, password),
    openSession: (staffId, ttlMs) => sessions.open(staffId, ttlMs),
    session: (sessionId) => sessions.find(sessionId),
    closeSession: (sessionId) => sessions.close(sessionId),
    createFirstAdministrator: (password) => createFirstAdministrator(staffParts, password),
    audit: (row) => audit.append(row),
    auditTrail: (page, filter) => audit.list(page, filter),
    verifyAudit: () => audit.verify(),
    async close() {
      await changes.settled();
      await db.destroy();
    },
  };
}

/** Thresholds follow age; nobody edits a home on a birthday, so a start looks after it. */
async function noticeBirthdays(db: Database, changes: Changes, year: number): Promise<void> {
  const homeIds = await homesGrownFrail(db, year);
  if (homeIds.length === 0) return;
  await changes.run(
    async (change) => {
      for (const homeId of homeIds) await change.watchHome(homeId);
    },
    async () => undefined,
  );
}

// Makes a data folder, and is then killed (recovery.ts does it): homes registered and known to the core, a
// snapshot, and a tail of entries behind it that only the log has. Through the real log, engine, alert and
// snapshot stores.

import { join } from 'node:path';
import { LIMITS } from '#config/limits.ts';
import { CORE_VERSION, Engine } from '#core/engine.ts';
import type { EntryBody, ObservationBody } from '#core/model/entry.ts';
import { snapshotParts } from '#core/snapshot.ts';
import type { Draft, EventLog } from '#journal/journal.ts';
import { createFileSnapshotStore } from '#journal/snapshots.ts';
import { createSqliteLog } from '#journal/sqlite.ts';
import { openSqliteAlertStore } from '#push/sqlite-alert-store.ts';
import { openSqliteRegistry } from '#registry/sqlite/open.ts';
import { Loop } from '#runtime/loop.ts';
import { deviceNumber, EventStream, observation } from './core-events.ts';
import { HOME_DEVICES } from './homes.ts';
import { registerInFolder } from './registry-file.ts';
import { serve } from './remote.ts';

export interface FolderSize {
  readonly folder: string;
  readonly homes: number;
  readonly tailEntries: number;
}

export interface MadeFolder {
  readonly snapshotOffset: number;
  readonly lastOffset: number;
}

export type FolderProgram = { readonly make: (size: FolderSize) => Promise<MadeFolder> };

const ENTRIES_PER_APPEND = 1_000;
/** Now and then somebody presses, so that open alerts have to be restored as well. */
const PRESS_EVERY = 1_000;
const BUTTON_PLACE = HOME_DEVICES.findIndex(({ kind }) => kind === 'button');
/** The tail ends so long ago; then the process was gone. */
const GONE_FOR_MS = 30_000;

async function make({ folder, homes, tailEntries }: FolderSize): Promise<MadeFolder> {
  await registerInFolder(folder, { homes, probes: 0 });
  const spanMs = new EventStream(homes, 0, 0).spanMs(tailEntries);
  const clock = { atMs: Date.now() - GONE_FOR_MS - spanMs, nowMs: () => clock.atMs };
  const onFatal = (error: Error): void => {
    throw error;
  };
  const log = await createSqliteLog({ folder, clock, clockKind: 'live', limits: LIMITS, onFatal });
  const { resumableEffects } = LIMITS;
  const alerts = openSqliteAlertStore({ file: join(folder, 'alerts.db'), resumableEffects });
  const engine = new Engine();
  new Loop({ log, engine, alerts, publish: () => undefined, onProcessed: () => undefined });
  await append(log, await configurations(folder));
  await append(log, [...firstWords(homes, clock.atMs)].map(draft));
  alerts.flush();
  const snapshots = createFileSnapshotStore({ folder: join(folder, 'snapshots'), onBroken: () => undefined });
  const snapshotOffset = engine.offset;
  await snapshots.save({ offset: snapshotOffset, coreVersion: CORE_VERSION, parts: snapshotParts(engine) });
  const stream = new EventStream(homes, snapshotOffset, clock.atMs);
  for (let done = 0; done < tailEntries; done += ENTRIES_PER_APPEND) {
    const count = Math.min(ENTRIES_PER_APPEND, tailEntries - done);
    const entries = Array.from({ length: count }, () => stream.next());
    clock.atMs = entries.at(-1)!.atMs;
    await log.append(
      entries.map(({ offset, body }) => draft(offset % PRESS_EVERY === 0 ? pressed(body) : body)),
    );
  }
  return { snapshotOffset, lastOffset: log.position().lastOffset };
}

async function configurations(folder: string): Promise<Draft[]> {
  const registry = await openSqliteRegistry({
    file: join(folder, 'registry.db'),
    keyFile: join(folder, 'server.key'),
    clock: { nowMs: () => Date.now() },
  });
  // A service that has run before has staff: making the first password hash belongs to no recovery.
  await registry.createFirstAdministrator();
  const bodies: EntryBody[] = [];
  for await (const change of registry.configurations()) {
    bodies.push(
      change.type === 'home'
        ? { type: 'home-configured', home: change.configuration }
        : { type: 'gateway-configured', gateway: change.configuration },
    );
  }
  await registry.close();
  return bodies.map((body) => ({ body, identity: null }));
}

/** Every device has been heard, as after weeks of service. */
function* firstWords(homes: number, atMs: number): Generator<EntryBody> {
  for (let home = 1; home <= homes; home++) {
    for (let place = 0; place < HOME_DEVICES.length; place++) {
      const offset = -deviceNumber(home, place);
      yield observation({ home, place, offset, atMs, kind: 'battery_pct', value: 87, isLevel: true });
    }
  }
}

function draft(body: EntryBody): Draft {
  if (body.type !== 'observation') return { body, identity: null };
  return { body, identity: { source: body.device!, id: body.eventId!, withinMs: null } };
}

function pressed(body: ObservationBody): ObservationBody {
  const { deviceId } = HOME_DEVICES[BUTTON_PLACE]!;
  const device = deviceNumber(body.gateway, BUTTON_PLACE);
  return { ...body, device, deviceId, kind: 'button', value: 'sos', isLevel: false };
}

async function append(log: EventLog, drafts: readonly Draft[]): Promise<void> {
  for (let at = 0; at < drafts.length; at += ENTRIES_PER_APPEND)
    await log.append(drafts.slice(at, at + ENTRIES_PER_APPEND));
}

serve({ make } satisfies FolderProgram);

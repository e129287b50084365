// The API over a real registry (SQLite in memory), a real hub and alert store, and a runtime double. Two
// districts with a home each; one member of staff per role in the first district, and an administrator of
// everything.

import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { createDeskUpgrade, createViewerOf } from '#api/desk-upgrade.ts';
import { createLiveDoor, isLivePath } from '#api/live-door.ts';
import { type ApiOptions, type ApiServer, createApi } from '#api/server.ts';
import { RULES } from '#core/rules/index.ts';
import { PROFILES } from '#core/rules/profiles.ts';
import type { KeptRefusedFrame, RefusedQuery } from '#journal/journal.ts';
import { createLogger } from '#ops/log.ts';
import type { AlertStore } from '#push/alert-store.ts';
import { createDeskHub, type DeskHub } from '#push/hub.ts';
import { createMemoryAlertStore } from '#push/memory-alert-store.ts';
import { type AuditRow, ROLES, type Role, type StaffRecord } from '#registry/registry.ts';
import { openSqliteRegistry, type SqliteRegistry } from '#registry/sqlite/open.ts';
import type { TelemetryService } from '#telemetry/service.ts';
import { ELSEWHERE, EPOCH_MS, WEST_LAKE } from './alerts.ts';
import { type BacktestsDouble, createBacktestsDouble } from './backtests-double.ts';
import { createRuntimeDouble, type RuntimeDouble } from './runtime-double.ts';
import { createFaultyStore, FakeLog, FakeTimer, type FaultyStore, startTelemetry } from './telemetry.ts';

export const COUNTY = '330106000000';
export const PASSWORD = 'correct horse battery staple';

/** A member of staff with an open session. */
export interface Person {
  readonly staff: StaffRecord;
  readonly sessionId: string;
  readonly cookie: string;
}

/** Hashing passwords takes seconds: a file of tests may seed once and open the API anew for each test. */
export interface SeededRegistry {
  readonly registry: SqliteRegistry;
  readonly people: Readonly<Record<Role | 'root', Person>>;
  readonly elderIds: Readonly<Record<'here' | 'there', string>>;
  readonly contactIds: Readonly<Record<'here' | 'there', string>>;
  /** Wall clock of the registry: sessions end by it. */
  readonly clock: { ms: number };
}

/** WebSockets, which are no routes of Fastify: desk.test.ts and live.test.ts. */
export const UPGRADES: readonly string[] = ['GET /api/v1/desk', 'GET /api/v1/homes/:id/telemetry/live'];

export interface ApiUnderTest extends SeededRegistry {
  readonly app: ApiServer;
  readonly runtime: RuntimeDouble;
  readonly alerts: AlertStore;
  readonly backtests: BacktestsDouble;
  readonly hub: DeskHub;
  readonly refused: KeptRefusedFrame[];
  readonly telemetry: TelemetryUnderApi;
  readonly readiness: Record<string, boolean>;
  /** Log lines as written. */
  readonly logLines: string[];
  as(person: Person | null, request: InjectOptions): Promise<LightMyRequestResponse>;
  audit(): Promise<readonly AuditRow[]>;
  close(): Promise<void>;
}

export async function openSeededRegistry(): Promise<SeededRegistry> {
  const clock = { ms: EPOCH_MS };
  const registry = await openSqliteRegistry({
    file: ':memory:',
    keyFile: ':memory:',
    clock: { nowMs: () => clock.ms },
  });
  return { registry, clock, ...(await seed(registry)) };
}

/** `shared` is left open; without it the API has a registry of its own. */
export async function openApiUnderTest(
  change: Partial<ApiOptions> = {},
  shared?: SeededRegistry,
): Promise<ApiUnderTest> {
  const seeded = shared ?? (await openSeededRegistry());
  const { registry } = seeded;
  const alerts = createMemoryAlertStore({ resumableEffects: 1_000 });
  const runtime = createRuntimeDouble((effects, offset) => {
    hub.publish(effects);
    alerts.record(effects, offset);
  });
  const hub = createDeskHub({
    openAlerts: runtime.openAlerts,
    cursor: runtime.cursor,
    since: alerts.since,
    homeLabel: registry.homeLabel,
    viewerOf: createViewerOf(registry),
    onPresence: (staffId, present) => void runtime.deskPresence(staffId, present),
    nowMs: () => EPOCH_MS,
    clock: 'live',
    consoleVersion: 'test',
    bufferedBytesMax: 1_000_000,
    resumableEffects: 1_000,
    onError: () => undefined,
    sessionCheckMs: 50,
  });
  const refused: KeptRefusedFrame[] = [];
  const telemetry = openTelemetry();
  const readiness: Record<string, boolean> = { log: true, core: true };
  const logLines: string[] = [];
  const backtests = createBacktestsDouble();
  const app = await createApi({
    registry,
    runtime,
    alerts,
    hub,
    log: { refused: async (query) => refusedBy(refused, query) },
    rules: RULES,
    profiles: PROFILES,
    backtests,
    telemetry: telemetry.service,
    logger: createLogger({ level: 'info', destination: { write: (line) => void logLines.push(line) } }),
    options: {
      sessionTtlMs: 12 * 3_600_000,
      trustProxy: false,
      readiness: async () => readiness,
      refusedCounters: () => ({ 'unknown-topic': 2 }),
      ...change,
    },
  });
  const doors = { registry, allowedOrigins: ['https://wall.example'], onError: () => undefined };
  const desk = createDeskUpgrade({ ...doors, hub });
  const live = createLiveDoor({ ...doors, runtime, telemetry: telemetry.service });
  app.server.on('upgrade', (request, socket, head) => {
    if (isLivePath(request.url ?? '')) live.handleUpgrade(request, socket, head);
    else desk(request, socket, head);
  });
  return {
    ...{ app, runtime, alerts, backtests, hub, refused, telemetry, readiness, logLines },
    ...seeded,
    as: (person, request) =>
      app.inject({ ...request, headers: { ...(person && { cookie: person.cookie }), ...request.headers } }),
    audit: async () => (await registry.auditTrail({ scope: null, after: null, limit: 200 }, {})).items,
    async close() {
      await hub.stop();
      live.stop();
      await app.close();
      await telemetry.service.close();
      if (!shared) await registry.close();
    },
  };
}

/** The real writer and readers over a log and a store that a test fills and breaks. */
export interface TelemetryUnderApi {
  readonly service: TelemetryService;
  readonly log: FakeLog;
  readonly store: FaultyStore;
  readonly timer: FakeTimer;
}

function openTelemetry(): TelemetryUnderApi {
  const [log, store, timer] = [new FakeLog(), createFaultyStore(), new FakeTimer()];
  return { service: startTelemetry({ log, store, timer }).service, log, store, timer };
}

function refusedBy(frames: readonly KeptRefusedFrame[], query: RefusedQuery): readonly KeptRefusedFrame[] {
  return frames
    .filter(
      (frame) =>
        (query.gatewayId === null || frame.gatewayId === query.gatewayId) &&
        (query.reason === null || frame.reason === query.reason) &&
        (query.beforeId === null || frame.id < query.beforeId),
    )
    .toSorted((a, b) => b.id - a.id)
    .slice(0, query.limit);
}

async function seed(
  registry: SqliteRegistry,
): Promise<Pick<ApiUnderTest, 'people' | 'elderIds' | 'contactIds'>> {
  await seedDistricts(registry);
  const here = await seedHome(registry, { homeId: 'h1', gatewayId: 'g1', districtCode: WEST_LAKE });
  const there = await seedHome(registry, { homeId: 'h2', gatewayId: 'g2', districtCode: ELSEWHERE });
  const people: Partial<Record<Role | 'root', Person>> = {};
  for (const role of ROLES)
    people[role] = await seedPerson(registry, { login: role, role, districtCode: COUNTY });
  people.root = await seedPerson(registry, { login: 'root', role: 'administrator', districtCode: null });
  return {
    people: people as Record<Role | 'root', Person>,
    elderIds: { here: here.elderId, there: there.elderId },
    contactIds: { here: here.contactId, there: there.contactId },
  };
}

async function seedDistricts(registry: SqliteRegistry): Promise<void> {
  const levels = ['province', 'city', 'county', 'town', 'community'] as const;
  for (const code of [WEST_LAKE, ELSEWHERE]) {
    for (const [i, end] of [2, 4, 6, 9, 12].entries()) {
      const area = code.slice(0, end).padEnd(12, '0');
      if (await registry.districts.get(area)) continue;
      await registry.districts.create({ code: area, name: `区${area}`, level: levels[i] ?? 'community' });
    }
  }
}

interface Place {
  readonly homeId: string;
  readonly gatewayId: string;
  readonly districtCode: string;
}

async function seedHome(registry: SqliteRegistry, { homeId, gatewayId, districtCode }: Place) {
  await registry.homes.create({
    homeId,
    districtCode,
    status: 'ACTIVE',
    livingType: 'SOLITARY',
    timezone: 'Asia/Shanghai',
    address: { grid: null, street: '文三路', building: '3幢', unit: '2单元', room: '501' },
    access: { keySafe: 'A17', doorCode: '7788#', keyholder: '李四' },
    rules: {},
  });
  const { elderId } = await registry.elders.create({
    ...{ homeId, name: '张秀英', sex: 'F', birthYear: 1944, abilityLevel: 1, phone: '13812341234' },
    ...{
      languages: ['zh'],
      risks: ['fall'],
      conditions: ['diabetes'],
      allergies: ['penicillin'],
      consentAtMs: 1,
    },
  });
  const { contactId } = await registry.contacts.create({
    ...{ homeId, order: 1, name: '王小明', relation: 'son', phone: '13900001111' },
    ...{ availability: 'weekdays', canVisit: true },
  });
  await registry.gateways.create({
    ...{
      gatewayId,
      districtCode,
      homeId,
      format: 'native',
      supervision: '90s',
      model: null,
      isEnabled: true,
    },
  });
  await registry.devices.create({
    ...{ gatewayId, deviceId: 'button 1', homeId, kind: 'button', room: 'bedroom', zone: 'bedroom' },
    ...{ supervision: '25h', model: null },
  });
  return { elderId, contactId };
}

export async function seedPerson(
  registry: SqliteRegistry,
  { login, role, districtCode }: Pick<StaffRecord, 'login' | 'role' | 'districtCode'>,
): Promise<Person> {
  const staff = await registry.staff.create({
    ...{ login, role, districtCode, name: `员工 ${login}`, isEnabled: true, password: PASSWORD },
  });
  const sessionId = await registry.openSession(staff.staffId, 12 * 3_600_000);
  return { staff, sessionId, cookie: `shouwang_session=${sessionId}` };
}

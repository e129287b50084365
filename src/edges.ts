// Part of the composition root: everything that listens or pushes. Screens are served before gateways may speak, so
// that no alarm comes before somebody can see it; at stop the gateways go first.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDeskUpgrade, createViewerOf, DESK_PATH } from '#api/desk-upgrade.ts';
import { createLiveDoor, isLivePath } from '#api/live-door.ts';
import { type ApiServer, createApi } from '#api/server.ts';
import { LIMITS } from '#config/limits.ts';
import { type Config, environmentName, flagName, type OptionName } from '#config/schema.ts';
import type { BuiltConsole } from '#console/build.ts';
import { serveConsole } from '#console/serve.ts';
import { RULES } from '#core/rules/index.ts';
import { PROFILES } from '#core/rules/profiles.ts';
import { observationRoutes } from '#ingest/http.ts';
import type { Intake } from '#ingest/intake.ts';
import { createLoginGuard } from '#ingest/login-guard.ts';
import { createMqttBroker, type MqttBroker } from '#ingest/mqtt/broker.ts';
import type { Clock } from '#journal/journal.ts';
import type { Logger } from '#ops/log.ts';
import { createDeskHub, type DeskHub } from '#push/hub.ts';
import type { Backtests } from '#runtime/backtest/backtests.ts';
import type { Loop } from '#runtime/loop.ts';
import type { CommandSender } from '#runtime/prompter.ts';
import type { Telemetry } from '#telemetry/telemetry.ts';
import { StartError } from './start-error.ts';
import type { Stores } from './stores.ts';

export interface EdgeParts extends Stores {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly loop: Loop;
  readonly intake: Intake;
  readonly isFailed: () => boolean;
  /** Null: there is none. */
  readonly telemetry: Telemetry | null;
  readonly isTelemetryBehind: () => boolean;
  readonly backtests: Backtests;
  readonly console: BuiltConsole;
  /** What to close, newest last. */
  readonly closers: (() => unknown)[];
}

export interface Edges {
  readonly hub: DeskHub;
  /** Commands to gateways. */
  readonly sender: CommandSender;
  /** Open the ports: console and API first. @throws StartError that names the option */
  listen(): Promise<{ readonly http: string; readonly mqtt: string }>;
}

/** A shift of twelve hours and the hand-over. */
const SESSION_TTL_MS = 13 * 3_600_000;

export async function createEdges(parts: EdgeParts): Promise<Edges> {
  const { registry, intake, logger, closers, console } = parts;
  const hub = createHub(parts, console.version);
  const loginGuard = createLoginGuard(registry.directory, intake.refusals);
  const ingest = { intake, loginGuard, log: logger, limits: LIMITS };
  const api = await createApi({
    ...parts,
    hub,
    runtime: parts.loop,
    rules: RULES,
    profiles: PROFILES,
    options: apiOptions(parts),
  });
  await api.register(observationRoutes, { prefix: '/api/v1', ...ingest });
  await api.register(serveConsole, { console });
  const broker = await createMqttBroker({ ...ingest, directory: registry.directory });
  const stopLive = routeUpgrades(parts, { api, broker, hub });
  closers.push(
    () => api.close(),
    () => hub.stop(),
    stopLive,
    () => broker.close(),
  );
  const listen = async () => ({
    http: await listenHttp(parts.config, api),
    mqtt: await listenMqtt(parts.config, broker),
  });
  return { hub, sender: broker, listen };
}

function createHub(parts: EdgeParts, consoleVersion: string): DeskHub {
  const { loop, alerts, registry, logger, clock, config } = parts;
  return createDeskHub({
    openAlerts: () => loop.openAlerts(),
    cursor: () => loop.cursor(),
    since: (cursor, limit) => alerts.since(cursor, limit),
    homeLabel: (homeId) => registry.homeLabel(homeId),
    viewerOf: createViewerOf(registry),
    onPresence: (staffId, present) => {
      // While we stop the log is closing; the next start doubts every desk anyway.
      loop
        .deskPresence(staffId, present)
        .catch((error) => logger.debug({ error }, 'desk presence not noted'));
    },
    nowMs: () => clock.nowMs(),
    clock: config.clock,
    consoleVersion,
    bufferedBytesMax: LIMITS.deskBufferedBytes,
    resumableEffects: LIMITS.resumableEffects,
    onError: (error, doing) => logger.error({ error, doing }, 'desk'),
  });
}

function apiOptions({ config, intake, isFailed, isTelemetryBehind }: EdgeParts) {
  return {
    sessionTtlMs: SESSION_TTL_MS,
    trustProxy: config.trustProxy === 'yes',
    readiness: async () => ({ log: !isFailed() }),
    degraded: () => (isTelemetryBehind() ? ['telemetry-behind'] : []),
    refusedCounters: () => intake.counters().refused,
  };
}

interface Doors {
  readonly api: ApiServer;
  readonly broker: MqttBroker;
  readonly hub: DeskHub;
}

/** Returns how to close the sockets of live readings. */
function routeUpgrades(parts: EdgeParts, { api, broker, hub }: Doors): () => void {
  const { registry, loop: runtime, telemetry, config, logger } = parts;
  const { allowedOrigins } = config;
  const onError = (error: unknown): void => logger.error({ error }, 'upgrade');
  const desk = createDeskUpgrade({ registry, hub, allowedOrigins, onError });
  const live = createLiveDoor({ registry, runtime, telemetry, allowedOrigins, onError });
  const server: Server = api.server;
  server.on('upgrade', (request, socket, head) => {
    const path = request.url?.split('?')[0] ?? '';
    if (path === '/mqtt') broker.handleUpgrade(request, socket, head);
    else if (path === DESK_PATH) desk(request, socket, head);
    else if (isLivePath(path)) live.handleUpgrade(request, socket, head);
    else socket.destroy();
  });
  return live.stop;
}

async function listenHttp({ httpHost, httpPort }: Config, api: ApiServer): Promise<string> {
  try {
    await api.listen({ host: httpHost, port: httpPort });
  } catch (error) {
    throw portError('httpPort', `${httpHost}:${httpPort}`, error);
  }
  return `http://${urlHost(httpHost)}:${(api.server.address() as AddressInfo).port}`;
}

async function listenMqtt({ mqttHost, mqttPort }: Config, broker: MqttBroker): Promise<string> {
  try {
    const { port } = await broker.listen({ host: mqttHost, port: mqttPort });
    return `mqtt://${urlHost(mqttHost)}:${port}`;
  } catch (error) {
    throw portError('mqttPort', `${mqttHost}:${mqttPort}`, error);
  }
}

const PORT_REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'may not be opened by this user',
  EADDRNOTAVAIL: 'is not an address of this machine',
  ENOTFOUND: 'is not a known host',
};

function portError(option: OptionName, address: string, cause: unknown): StartError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  const reason = PORT_REASONS[code] ?? `cannot be opened (${code})`;
  const message = `${flagName(option)} (${environmentName(option)}): ${address} ${reason}`;
  return new StartError(code, message, { cause });
}

/** An address one can type: nobody connects to "every address". */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

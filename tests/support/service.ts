// The whole service in this process, on free ports, with homes registered through its own API; and a gateway that
// speaks plain mqtt.js to it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { type App, createApp, type Started } from '#app';
import type { Config } from '#config/schema.ts';
import type { DeskAlert } from '#core/model/desk-message.ts';
import { createLogger } from '#ops/log.ts';
import { ApiClient } from '../../simulators/api-client.ts';
import { registerHomes } from '../../simulators/register.ts';
import { EMPTY_ROSTER, type RosterHome } from '../../simulators/roster.ts';
import { connectDesk, type DeskClient } from './desk-client.ts';

export const ADMIN_PASSWORD = 'a long enough password';

export interface ServiceUnderTest {
  readonly app: App;
  readonly started: Started;
  readonly folder: string;
  readonly api: ApiClient;
  readonly homes: readonly RosterHome[];
  /** A screen of the administrator, who sees everything. */
  desk(cursor?: string): Promise<DeskClient>;
  gateway(index?: number, options?: mqtt.IClientOptions): Promise<MqttClient>;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly homes?: number;
  readonly folder?: string;
  readonly config?: Partial<Config>;
  readonly onFatal?: (error: Error) => void;
}

export async function startService(options: ServiceOptions = {}): Promise<ServiceUnderTest> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'shouwang-test-'));
  const app = createApp({
    config: { dataDir: folder, httpPort: 0, mqttPort: 0, adminPassword: ADMIN_PASSWORD, ...options.config },
    logger: createLogger({ level: 'silent' }),
    ...(options.onFatal === undefined ? {} : { onFatal: options.onFatal }),
  });
  const started = await app.start();
  const api = new ApiClient(started.http);
  await api.login('admin', ADMIN_PASSWORD);
  const { homes } = await registerHomes(api, { homes: options.homes ?? 1, seed: 1, roster: EMPTY_ROSTER });
  return {
    app,
    started,
    folder,
    api,
    homes,
    desk: async (cursor) => openDesk(started.http, cursor),
    gateway: (index = 0, more = {}) => connectGateway(started.mqtt, homes[index]!, more),
    stop: async () => {
      await app.stop();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function sessionCookie(
  http: string,
  login = 'admin',
  password = ADMIN_PASSWORD,
): Promise<string> {
  const response = await fetch(`${http}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });
  return response.headers.getSetCookie()[0]!.split(';')[0]!;
}

async function openDesk(http: string, cursor: string | undefined): Promise<DeskClient> {
  const query = cursor === undefined ? '' : `?cursor=${cursor}`;
  const cookie = await sessionCookie(http);
  return connectDesk(`${http.replace('http', 'ws')}/api/v1/desk${query}`, { headers: { cookie } });
}

export function connectGateway(
  url: string,
  home: RosterHome,
  options: mqtt.IClientOptions = {},
): Promise<MqttClient> {
  const { gatewayId: username, secret: password } = home;
  return mqtt.connectAsync(url, { username, password, reconnectPeriod: 0, keepalive: 60, ...options });
}

export function topicOf(home: RosterHome, device: string, leaf = 'event'): string {
  return `shouwang/v1/${home.gatewayId}/${device}/${leaf}`;
}

/** Wait for an alert message of a kind and answer its alert. */
export async function alertOf(desk: DeskClient, kind: string, change = 'raised'): Promise<DeskAlert> {
  const message = await desk.waitFor(
    (candidate): candidate is Extract<typeof candidate, { type: 'alert' }> =>
      candidate.type === 'alert' && candidate.alert.kind === kind && candidate.change === change,
  );
  return message.alert;
}

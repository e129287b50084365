// Part of the composition root: from the options to the telemetry store. Checked as a whole before anything is opened;
// plain data, because the store is opened in the telemetry thread. Nothing here connects.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, environmentName, flagName, type OptionName } from '#config/schema.ts';
import { createInfluxStore } from '#telemetry/influx/influx-store.ts';
import { createMemoryTelemetryStore } from '#telemetry/memory-store.ts';
import { openSqliteTelemetryStore } from '#telemetry/sqlite/sqlite-store.ts';
import type { RetentionDays, TelemetryStore } from '#telemetry/telemetry-store.ts';
import { StartError } from './start-error.ts';

/** An answer of the server takes milliseconds; a batch into a busy one takes seconds. */
const TIMEOUT_MS = 20_000;

export type StoreSettings =
  | { readonly type: 'memory' }
  | { readonly type: 'sqlite'; readonly folder: string }
  | { readonly type: 'influx'; readonly options: Parameters<typeof createInfluxStore>[0] };

export interface TelemetrySettings {
  readonly store: StoreSettings;
  /** Names the store in the cursor's file: another one begins with the oldest retained entry. No secrets in it. */
  readonly storeId: string;
  readonly retention: RetentionDays;
}

/** Null: no telemetry. @throws StartError that names the option */
export function telemetrySettings(config: Config): TelemetrySettings | null {
  if (config.telemetryStore === 'none') return null;
  const retention: RetentionDays = {
    emergency: config.telemetryEmergencyDays,
    activity: config.telemetryActivityDays,
    vital: config.telemetryVitalDays,
    environment: config.telemetryEnvironmentDays,
    device: config.telemetryDeviceDays,
    place: config.telemetryPlaceDays,
    other: config.telemetryOtherDays,
  };
  if (config.telemetryStore !== 'sqlite')
    return { ...influxSettings(config, config.telemetryStore), retention };
  // With a log in memory nothing else is kept either.
  if (config.journal === 'memory') return { store: { type: 'memory' }, storeId: 'memory', retention };
  const folder = join(config.dataDir, 'telemetry');
  return { store: { type: 'sqlite', folder }, storeId: 'sqlite', retention };
}

type InfluxServer = Exclude<Config['telemetryStore'], 'none' | 'sqlite'>;

function influxSettings(config: Config, server: InfluxServer): Pick<TelemetrySettings, 'store' | 'storeId'> {
  const { influxUrl, influxToken, influxOrg, influxBucket, influxUser, influxPassword } = config;
  const url = URL.canParse(influxUrl) ? new URL(influxUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw refused('influxUrl', 'is no http(s) address');
  if (url.username !== '' || url.password !== '')
    throw refused('influxUrl', 'must not hold a login; use the options for it');
  if (influxBucket === '' && server !== 'victoria-metrics') throw refused('influxBucket', 'is missing');
  if (influxOrg === '' && server === 'influxdb-2') throw refused('influxOrg', 'is missing');
  if (influxToken === '' && server === 'influxdb-2') throw refused('influxToken', 'is missing');
  const options = {
    server,
    url: influxUrl,
    token: influxToken === '' ? null : influxToken,
    login: influxUser === '' ? null : { user: influxUser, password: influxPassword },
    database: influxBucket,
    organization: influxOrg === '' ? null : influxOrg,
    timeoutMs: TIMEOUT_MS,
  };
  const storeId = [server, url.href, influxOrg, influxBucket].join(' ');
  return { store: { type: 'influx', options }, storeId };
}

function refused(option: OptionName, why: string): StartError {
  return new StartError('bad-option', `${flagName(option)} (${environmentName(option)}) ${why}`);
}

/**
 * True when there is nothing yet, whatever the cursor says: the folder was taken away, and going on at the cursor would
 * leave its readings out for good. Asked before the store is opened.
 */
export function isStoreEmpty(settings: StoreSettings): boolean {
  return settings.type === 'memory' || (settings.type === 'sqlite' && !existsSync(settings.folder));
}

/** Runs in the thread that will use the store. */
export async function openTelemetryStore(settings: StoreSettings): Promise<TelemetryStore> {
  switch (settings.type) {
    case 'memory':
      return createMemoryTelemetryStore();
    case 'sqlite':
      return openSqliteTelemetryStore({ folder: settings.folder });
    case 'influx': {
      const store = createInfluxStore(settings.options);
      await store.connect();
      return store;
    }
  }
}

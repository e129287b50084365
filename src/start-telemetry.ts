// Part of the composition root: starts telemetry behind everything else. With a log on disk in a thread of its own,
// with a log in memory (tests, trials) in this one. What telemetry has to say becomes one line in the log per change,
// never one per attempt; whether alarms work does not depend on any of it.

import type { Config } from '#config/schema.ts';
import type { Logger } from '#ops/log.ts';
import { type BehindNotice, BehindWatch } from '#telemetry/behind-watch.ts';
import type { ConfigurationBody } from '#telemetry/device-homes.ts';
import { Progress } from '#telemetry/progress.ts';
import { RemoteTelemetry } from '#telemetry/remote.ts';
import { TelemetryService } from '#telemetry/service.ts';
import type { Telemetry, TelemetryStatus } from '#telemetry/telemetry.ts';
import { SYSTEM_TIMER } from '#telemetry/timer.ts';
import type { WriterEvent } from '#telemetry/writer.ts';
import type { Stores } from './stores.ts';
import { openTelemetryStore, telemetrySettings } from './telemetry-settings.ts';

export interface TelemetryParts {
  readonly config: Config;
  readonly stores: Pick<Stores, 'log' | 'registry'>;
  readonly logger: Logger;
  readonly onBehind: (notice: BehindNotice) => void;
}

export interface StartedTelemetry {
  readonly telemetry: Telemetry;
  /** Long enough that people should know. */
  readonly isBehind: () => boolean;
}

/** Null when the configuration wants none. @throws StartError */
export function startTelemetry(parts: TelemetryParts): StartedTelemetry | null {
  const { config, stores, logger } = parts;
  const settings = telemetrySettings(config);
  if (settings === null) return null;
  const watch = new BehindWatch(parts.onBehind);
  const common = {
    seed: () => seedOf(stores),
    onEvent: (event: WriterEvent) => tellLog(logger, event),
    onStatus: (status: TelemetryStatus) => watch.note(status, performance.now()),
  };
  const telemetry =
    config.journal === 'memory'
      ? new TelemetryService({
          ...settings,
          ...common,
          source: {
            position: async () => stores.log.position(),
            read: (afterOffset, limit) => stores.log.read(0, afterOffset, limit),
          },
          progress: new Progress(':memory:'),
          isStoreEmpty: false,
          openStore: () => openTelemetryStore(settings.store),
          hasRoom: () => true,
          timer: SYSTEM_TIMER,
          random: Math.random,
        })
      : new RemoteTelemetry({
          ...common,
          file: new URL('./telemetry-worker.ts', import.meta.url),
          workerData: { ...settings, folder: config.dataDir },
          onCrash: (error) => logger.error({ error }, 'the telemetry thread ended; it is started again'),
        });
  return { telemetry, isBehind: () => watch.isBehind };
}

async function* seedOf({ registry }: Pick<Stores, 'registry'>): AsyncGenerator<ConfigurationBody> {
  for await (const change of registry.configurations()) {
    if (change.type === 'home') yield { type: 'home-configured', home: change.configuration };
    else yield { type: 'gateway-configured', gateway: change.configuration };
  }
}

function tellLog(logger: Logger, event: WriterEvent): void {
  switch (event.type) {
    case 'store-open':
      logger.info({ store: event.description }, 'telemetry store');
      return;
    case 'available':
      logger.info({ afterMs: event.afterMs }, 'telemetry store answers again; what waited is being written');
      return;
    case 'begun-anew':
      logger.warn(event, 'telemetry begins with the oldest entry that the log still has');
      return;
    case 'unavailable':
      logger.warn({ reason: event.reason }, 'telemetry waits in the log; alarms do not need it');
      return;
    case 'gap':
      if (event.reason === 'shed') logger.error(event, 'the disk was needed: telemetry was given up');
      else logger.warn(event, 'telemetry does not have what the log no longer has');
      return;
    case 'refused':
      logger.warn(event, 'readings that the store never takes were kept aside');
      return;
    case 'not-supported':
      logger.warn({ reason: event.what }, 'the telemetry store cannot do this');
      return;
    case 'tail-failed':
      logger.warn({ reason: event.reason }, 'live readings cannot be followed');
      return;
    case 'cursor-lost':
      logger.error({ reason: event.reason }, 'what telemetry remembered was lost');
  }
}

// The telemetry thread's side of the passage: answers calls with a `TelemetryService`, tells its status at most a few
// times a second, and passes on live readings of homes that are followed.

import type { MessagePort } from 'node:worker_threads';
import type { ConfigurationBody } from './device-homes.ts';
import type { TelemetryService, TelemetryServiceOptions } from './service.ts';
import type { TelemetryStatus } from './telemetry.ts';
import { asThrown, type Call, type FromThread, type ToThread } from './thread-protocol.ts';

/** The main thread needs no more: it reads the status for health and trims every ten minutes. */
const STATUS_EVERY_MS = 250;

export type Passage = Pick<TelemetryServiceOptions, 'seed' | 'onEvent' | 'onStatus'>;

/** @param create makes the service out of what goes through the passage. */
export function serveTelemetry(port: MessagePort, create: (passage: Passage) => TelemetryService): void {
  const tell = (message: FromThread): void => port.postMessage(message);
  const seeds = createSeeds(tell);
  const onStatus = throttled((status) => tell({ type: 'status', status }));
  const service = create({ seed: seeds.ask, onStatus, onEvent: (event) => tell({ type: 'event', event }) });
  const followed = new Map<string, () => void>();

  const answer = async (id: number, call: Call, args: readonly unknown[]): Promise<void> => {
    try {
      const method = service[call] as (...values: readonly unknown[]) => Promise<unknown>;
      const value = await method.apply(service, [...args]);
      tell({ type: 'answer', id, ok: true, value });
    } catch (error) {
      tell({ type: 'answer', id, ok: false, error: asThrown(error) });
    }
  };
  port.on('message', (message: ToThread) => {
    switch (message.type) {
      case 'call':
        void answer(message.id, message.call, message.args);
        return;
      case 'follow':
        followed.set(
          message.homeId,
          service.follow(message.homeId, (live) => tell({ type: 'live', homeId: message.homeId, ...live })),
        );
        return;
      case 'unfollow':
        followed.get(message.homeId)?.();
        followed.delete(message.homeId);
        return;
      case 'seed':
        seeds.take(message.bodies);
    }
  });
  onStatus(service.status());
}

/** The registry lives in the main thread; what it knows comes in parts. */
function createSeeds(tell: (message: FromThread) => void) {
  let parts: (readonly ConfigurationBody[] | null)[] = [];
  let arrived = Promise.withResolvers<void>();
  return {
    async *ask(): AsyncGenerator<ConfigurationBody> {
      parts = [];
      tell({ type: 'seed-wanted' });
      for (;;) {
        while (parts.length === 0) {
          arrived = Promise.withResolvers();
          await arrived.promise;
        }
        const bodies = parts.shift();
        if (bodies === null || bodies === undefined) return;
        yield* bodies;
      }
    },
    take(bodies: readonly ConfigurationBody[] | null): void {
      parts.push(bodies);
      arrived.resolve();
    },
  };
}

/** The newest status at once, then at most every `STATUS_EVERY_MS`; the last one is never swallowed. */
function throttled(tell: (status: TelemetryStatus) => void): (status: TelemetryStatus) => void {
  let newest: TelemetryStatus | null = null;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    if (newest === null) return;
    tell(newest);
    newest = null;
    timer = setTimeout(flush, STATUS_EVERY_MS);
  };
  return (status) => {
    newest = status;
    if (timer === undefined) flush();
  };
}

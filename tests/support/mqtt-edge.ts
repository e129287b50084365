// The real broker on a free port, with a directory and a log that the test holds in its hands.

import { createIntake, type IntakeOptions } from '#ingest/intake.ts';
import { createLoginGuard } from '#ingest/login-guard.ts';
import { createMqttBroker, type MqttBrokerOptions } from '#ingest/mqtt/broker.ts';
import { createMemoryDirectory } from './memory-directory.ts';
import { RawMqtt } from './raw-mqtt.ts';
import { RecordingLog } from './recording-log.ts';

export const TEST_LIMITS = {
  connectBytes: 4096,
  frameBytes: 65_536,
  observationsPerFrame: 500,
  refusedPayloadBytes: 2048,
};
export const SECRET = 'secret of gateway 1';
export const OTHER_SECRET = 'secret of gateway 2';

export interface EdgeOptions {
  readonly intake?: Partial<IntakeOptions>;
  readonly broker?: Partial<MqttBrokerOptions>;
}

export type MqttEdge = Awaited<ReturnType<typeof startMqttEdge>>;

/** Gateway `g1` with `pir` and `button`, gateway `g2` with `door`. */
export async function startMqttEdge(options: EdgeOptions = {}) {
  const log = new RecordingLog();
  const directory = createMemoryDirectory();
  directory.add('g1', SECRET, ['pir', 'button']);
  directory.add('g2', OTHER_SECRET, ['door']);
  const intake = createIntake({
    submit: log.submit,
    keepRefused: log.keepRefused,
    clock: log.clock,
    log: log.log,
    limits: TEST_LIMITS,
    clockKind: 'live',
    ...options.intake,
  });
  const loginGuard = createLoginGuard(directory, intake.refusals);
  const broker = await createMqttBroker({
    intake,
    directory,
    loginGuard,
    log: log.log,
    limits: TEST_LIMITS,
    ...options.broker,
  });
  const { port } = await broker.listen({ host: '127.0.0.1', port: 0 });
  const clients: RawMqtt[] = [];
  const keep = (client: RawMqtt) => {
    clients.push(client);
    return client;
  };
  return {
    log,
    directory,
    intake,
    loginGuard,
    broker,
    port,
    open: async () => keep(await RawMqtt.open(port)),
    logIn: async (...more: [Parameters<typeof RawMqtt.logIn>[3]?]) =>
      keep(await RawMqtt.logIn(port, 'g1', SECRET, ...more)),
    logInOther: async (...more: [Parameters<typeof RawMqtt.logIn>[3]?]) =>
      keep(await RawMqtt.logIn(port, 'g2', OTHER_SECRET, ...more)),
    async stop() {
      for (const client of clients) client.end();
      intake.close();
      await broker.close();
    },
  };
}

// A process that writes telemetry until it is killed: `telemetry-child.ts FOLDER`. After each batch that was reported
// as stored it prints its number; batch n holds readings of the seconds 10 n to 10 n + 9 of one home.

import { writeSync } from 'node:fs';
import { openSqliteTelemetryStore } from '#telemetry/sqlite/sqlite-store.ts';

const SEAL_OFTEN = 500;

export function batchOf(number: number): Parameters<ReturnType<typeof openSqliteTelemetryStore>['write']>[0] {
  return Array.from({ length: 10 }, (_, i) => ({
    homeId: 'h1',
    gatewayId: 'gw1',
    deviceId: `d${i}`,
    kind: i % 2 === 0 ? 'temperature_c' : 'motion',
    atMs: (number * 10 + i) * 1000,
    offset: number * 10 + i,
    value: i % 2 === 0 ? number : number % 2 === 0,
  }));
}

if (import.meta.main) {
  const store = openSqliteTelemetryStore({ folder: process.argv[2]!, sealReadings: SEAL_OFTEN });
  for (let number = 0; ; number++) {
    await store.write(batchOf(number));
    writeSync(1, `${number}\n`);
  }
}

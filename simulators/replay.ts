// `npm run replay -- DIR`: plays a recorded home through MQTT into a service on the recording clock and lists the
// alerts it raised. By default it starts that service itself, in a temporary folder. A live service refuses replayed
// readings; this tool cannot make one take them.

import { parseArgs } from 'node:util';
import { ApiClient } from './api-client.ts';
import { interrupted } from './interrupted.ts';
import { DEMO_DISTRICTS } from './people.ts';
import { type RecordedHome, readRecordedEvents, readRecordedHome } from './recorded-home.ts';
import { ensure, registerDevices, registerDistricts, registerGateway } from './register.ts';
import { type ReplayCounts, replayEvents } from './replay-publisher.ts';
import { buildReport, collectAlerts, type ReplayReport, showReport } from './replay-report.ts';
import { startService } from './service-process.ts';

export const REPLAY_HELP = `Usage: npm run replay -- DIR [DIR…] [options]

Plays recorded homes (home.json, events.csv.gz) over MQTT and lists the alerts raised. Each home gets a service of its
own on the recording clock, in a temporary folder, unless --url and --api name one.

  --speed N         recorded seconds per second; 0 (default): as fast as it goes
  --json            the report as JSON
  --verbose         the service's log on stderr
  --url mqtt://…    an existing service with SHOUWANG_CLOCK=recording and an empty log …
  --api http://…    … and its API
  --login NAME      administrator of that service (default admin)
  --password TEXT   or the environment variable SHOUWANG_PASSWORD
  --help`;

export interface ReplayService {
  readonly mqtt: string;
  readonly http: string;
  readonly login: string;
  readonly password: string;
}

/**
 * Register the home and send it; the alerts are read while the gateway is still connected, so that its leaving is not
 * among them.
 */
export async function replayHome(
  directory: string,
  service: ReplayService,
  options: { readonly speed: number; readonly onProgress?: (text: string) => void },
): Promise<ReplayReport> {
  const home = await readRecordedHome(directory);
  const api = new ApiClient(service.http);
  await api.login(service.login, service.password);
  const gatewayId = `gw-${home.name}`;
  const secret = await registerRecordedHome(api, home, gatewayId);
  const target = { url: service.mqtt, gatewayId, secret };
  const replayed: ReplayCounts & { close(): Promise<void> } = await replayEvents(
    readRecordedEvents(directory, home),
    target,
    {
      speed: options.speed,
      onProgress: (atMs, events) =>
        options.onProgress?.(`${home.name}: ${events} events, ${new Date(atMs).toISOString()}`),
    },
  );
  try {
    return buildReport(home, replayed, await collectAlerts(api, home.name));
  } finally {
    await replayed.close();
  }
}

async function registerRecordedHome(api: ApiClient, home: RecordedHome, gatewayId: string): Promise<string> {
  await registerDistricts(api);
  const districtCode = DEMO_DISTRICTS.at(-1)!.code;
  await ensure(api, `/homes/${encodeURIComponent(home.name)}`, '/homes', {
    homeId: home.name,
    districtCode,
    status: 'ACTIVE',
    livingType: home.residents > 1 ? 'EMPTY_NEST' : 'SOLITARY',
    timezone: home.timezone,
    address: { grid: null, street: 'recorded home', building: null, unit: null, room: null },
    access: { keySafe: null, doorCode: null, keyholder: null },
    rules: {},
  });
  // A heartbeat every ten minutes is what the recording gets: three of them would not fit the shorter classes.
  const gateway = { gatewayId, homeId: home.name, districtCode, supervision: '5h', knownSecret: null };
  const secret = await registerGateway(api, gateway);
  // The recordings have no check-ins of sensors, so their silence says nothing about the sensors.
  const devices = home.sensors.map((sensor) => ({ ...sensor, supervision: 'none' }));
  await registerDevices(api, { gatewayId, homeId: home.name }, devices);
  return secret;
}

async function replayInOwnService(
  directory: string,
  options: {
    readonly speed: number;
    readonly isVerbose: boolean;
    readonly onProgress: (text: string) => void;
  },
): Promise<ReplayReport> {
  const stopped = interrupted().then(() => {
    throw new Error('interrupted');
  });
  const own = await startService({
    clock: 'recording',
    dataDirectory: null,
    ...(options.isVerbose ? { onLog: (line: string) => process.stderr.write(`${line}\n`) } : {}),
  });
  try {
    const service = { mqtt: own.mqtt, http: own.http, login: own.adminLogin, password: own.adminPassword };
    const died = own.ended.then((why) => {
      throw new Error(why);
    });
    return await Promise.race([replayHome(directory, service, options), died, stopped]);
  } finally {
    await own.stop();
  }
}

function readArguments(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      speed: { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      url: { type: 'string' },
      api: { type: 'string' },
      login: { type: 'string', default: 'admin' },
      password: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
}

async function main(argv: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(argv);
  if (values.help || positionals.length === 0) {
    process.stdout.write(`${REPLAY_HELP}\n`);
    return;
  }
  const speed = Number(values.speed);
  if (!(speed >= 0 && Number.isFinite(speed))) throw new Error(`--speed ${values.speed}: must be 0 or more`);
  if ((values.url === undefined) !== (values.api === undefined))
    throw new Error('--url and --api go together');
  const onProgress = (text: string): void =>
    void (process.stderr.isTTY && process.stderr.write(`\r${text} `));
  const reports: ReplayReport[] = [];
  for (const directory of positionals) {
    const report =
      values.url === undefined || values.api === undefined
        ? await replayInOwnService(directory, { speed, isVerbose: values.verbose, onProgress })
        : await replayHome(
            directory,
            {
              mqtt: values.url,
              http: values.api,
              login: values.login,
              password: values.password ?? process.env['SHOUWANG_PASSWORD'] ?? '',
            },
            { speed, onProgress },
          );
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    if (values.json) reports.push(report);
    else process.stdout.write(`${showReport(report)}\n\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(reports, null, 1)}\n`);
}

if (import.meta.main) {
  main(process.argv.slice(2))
    .then(() => process.exit(0))
    .catch((error: unknown) => {
      process.stderr.write(`replay: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    });
}

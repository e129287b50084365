// `npm run demo`: starts the service in a temporary folder, registers a demo district of 50 invented homes, plays
// their lives and a list of mishaps, and prints where to look and how to log in. Ctrl-C ends all of it.

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { ApiClient } from './api-client.ts';
import { showCounts, startInstant } from './cli.ts';
import { Fleet } from './fleet.ts';
import { interrupted } from './interrupted.ts';
import { DEMO_TOWN } from './people.ts';
import { registerHomes } from './register.ts';
import { EMPTY_ROSTER, type Roster } from './roster.ts';
import { parseScenarios, SCENARIOS, type ScheduledScenario } from './scenarios/index.ts';
import { type ServiceProcess, startService } from './service-process.ts';

const DEMO_HELP = `Usage: npm run demo -- [options]

Service, demo district and simulated homes with mishaps, in a temporary folder; nothing stays behind.

  --homes N        default 50
  --seed N         default 1
  --http-port N    default 8080; any free one when that is taken, or with 0
  --verbose        the service's log on stderr
  --help`;

/** Seconds after the start. The first minute shows every kind of alert, the next minutes keep the desk busy. */
const PLAYBILL =
  'gateway-outage@1,battery@4,sos@10,tamper@15,fall@20,smoke@30,gas@45,sos@80,fall@120,sos@150,gateway-outage:3@180,' +
  'smoke@220,sos@260,reconnect-storm:10@300,sos@360,fall@420,tamper@480,sos@540';
/** Lives run ten times as fast, from getting up on, so that there is something to see. */
const SPEED = 10;
const START = '07:00';
const SEED = 1;
/** The shortest thresholds the inactivity rule takes: the silent collapse is noticed within a minute or so. */
const QUICK_INACTIVITY = { dayMs: 60_000, nightMs: 60_000, nightWithoutBedroomMs: 60_000, capMs: 60_000 };
const GRACE_MS = 3_000;

export interface DemoOperator {
  readonly login: string;
  readonly password: string;
}

/** Registered before the first scenario; the others follow while the first ones already live. */
const FIRST_HOMES = 12;

/** An operator, the first homes of the district, and one of them whose silence is noticed quickly (the last one). */
export async function setUpDemo(
  api: ApiClient,
  options: { readonly homes: number; readonly seed: number },
): Promise<{ readonly roster: Roster; readonly operator: DemoOperator; readonly quickHomeId: string }> {
  const homes = Math.min(options.homes, FIRST_HOMES);
  const roster = await registerHomes(api, { homes, seed: options.seed, roster: EMPTY_ROSTER });
  const quickHomeId = roster.homes.at(-1)!.homeId;
  await api.patch(`/homes/${encodeURIComponent(quickHomeId)}`, { rules: { inactivity: QUICK_INACTIVITY } });
  const operator = { login: 'demo', password: easyPassword() };
  const record = { name: '示范值班员', role: 'operator', districtCode: DEMO_TOWN, isEnabled: true };
  await api.post('/staff', { ...record, ...operator });
  return { roster, operator, quickHomeId };
}

/** The homes behind the first ones, a few at a time. */
async function registerOthers(
  api: ApiClient,
  fleet: Fleet,
  options: { homes: number; seed: number },
): Promise<void> {
  for (let firstIndex = FIRST_HOMES; firstIndex < options.homes; firstIndex += FIRST_HOMES) {
    const homes = Math.min(FIRST_HOMES, options.homes - firstIndex);
    const more = await registerHomes(api, { homes, firstIndex, seed: options.seed, roster: EMPTY_ROSTER });
    fleet.add(more.homes);
  }
  say(`  all ${options.homes} homes are there`);
}

export function demoScenarios(quickHomeId: string): readonly ScheduledScenario[] {
  const collapse = SCENARIOS.find(({ name }) => name === 'collapse')!;
  const silent: ScheduledScenario = { scenario: collapse, homes: 1, afterMs: 2_000, homeIds: [quickHomeId] };
  return [silent, ...parseScenarios(PLAYBILL)];
}

/** To be typed once: three groups without letters that look alike; the service wants 15 characters at least. */
function easyPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const group = (): string => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  return [group(), group(), group()].join('-');
}

async function preferredPort(port: number): Promise<number> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
    return port;
  } catch {
    return 0;
  } finally {
    probe.close();
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

interface Play {
  readonly homes: number;
  readonly seed: number;
  /** Resolves when the person at the terminal has had enough. */
  readonly stopped: Promise<void>;
}

/** @throws Error when the service ends by itself */
async function play(service: ServiceProcess, { homes, seed, stopped }: Play): Promise<void> {
  const died = service.ended.then((why) => {
    throw new Error(why);
  });
  const enough = stopped.then(() => null);
  const api = new ApiClient(service.http);
  await api.login(service.adminLogin, service.adminPassword);
  say('registering the first homes of a demo district …');
  const demo = await Promise.race([setUpDemo(api, { homes, seed }), enough, died]);
  if (demo === null) return;
  const fleet = new Fleet({
    url: service.mqtt,
    homes: demo.roster.homes,
    seed,
    speed: SPEED,
    startAtMs: startInstant(START, Date.now()),
    scenarios: demoScenarios(demo.quickHomeId),
    say: (text) => say(`  ${text}`),
  });
  fleet.start();
  say(welcome(service, demo.operator));
  const others = registerOthers(api, fleet, { homes, seed }).then(() => Promise.race([enough, died]));
  await Promise.race([enough, died, others]);
  say('\nstopping …');
  say(showCounts(await fleet.stop(GRACE_MS)));
}

function welcome(service: ServiceProcess, operator: DemoOperator): string {
  return `
  守望 Shouwang demo

  console   ${service.http}/
  log-in    ${operator.login}
  password  ${operator.password}
  gateways  ${service.mqtt}
  API       ${service.http}/docs   (${service.adminLogin} / ${service.adminPassword})

  Ctrl-C ends it and removes its data. What happens now:
`;
}

async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      homes: { type: 'string', default: '50' },
      seed: { type: 'string', default: String(SEED) },
      'http-port': { type: 'string', default: '8080' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(DEMO_HELP);
    return;
  }
  const homes = wholeOption('--homes', values.homes, 1);
  const seed = wholeOption('--seed', values.seed, 0);
  const port = wholeOption('--http-port', values['http-port'], 0);
  const stopped = interrupted();
  say('starting the service …');
  const service = await startService({
    clock: 'live',
    dataDirectory: null,
    httpPort: await preferredPort(port),
    ...(values.verbose ? { onLog: (line: string) => process.stderr.write(`${line}\n`) } : {}),
  });
  try {
    await play(service, { homes, seed, stopped });
  } finally {
    await service.stop();
  }
}

function wholeOption(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new Error(`${option} ${text}: a whole number from ${least} on is meant`);
  return value;
}

if (import.meta.main) {
  main(process.argv.slice(2))
    .then(() => process.exit(0))
    .catch((error: unknown) => {
      process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    });
}

// `npm run simulate`: homes with residents, gateways and mishaps against a running service. Registers the homes
// through the API when told to, keeps their secrets in a roster file, and says what it sends.

import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ApiClient } from './api-client.ts';
import { Fleet, type FleetCounts } from './fleet.ts';
import { HomeZone } from './home-zone.ts';
import { interrupted } from './interrupted.ts';
import { registerHomes } from './register.ts';
import { EMPTY_ROSTER, type Roster, readRoster, writeRoster } from './roster.ts';
import { parseScenarios, SCENARIOS } from './scenarios/index.ts';

/** What is unacknowledged at the end gets this long to get through. */
const GRACE_MS = 10_000;
const STATUS_EVERY_MS = 10_000;
const DAY_MS = 86_400_000;
const DEMO_TIMEZONE = 'Asia/Shanghai';

export function simulateHelp(): string {
  const scenarios = SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(16)} ${summary}`);
  return `Usage: npm run simulate -- [options]

Plays homes against a running service: residents' days, gateways over MQTT, and the scenarios named.

  --url mqtt://…        where the gateways connect (default mqtt://127.0.0.1:1883)
  --api http://…        register the homes there first (or find them), as an administrator
  --login NAME          default admin
  --password TEXT       or the environment variable SHOUWANG_PASSWORD
  --roster FILE         homes and secrets: read when it exists, written after a registration
  --homes N             default 10, or all homes of the roster when there is no --api
  --seed N              default 1; the same seed gives the same lives and the same cast
  --start HH:MM         time of day at which the residents' lives begin (default: now)
  --speed X             simulated seconds per second (default 1)
  --scenario LIST       NAME[:HOMES][@SECONDS], separated by commas: sos,storm:200@30
  --duration TIME       90, 90s, 10m or 2h; default: until Ctrl-C
  --help

A live service goes by its own clock. With --speed above 1 the lives run faster, but every reading still carries the
real time at which it was sent: rules that wait (inactivity, supervision) wait in real time. To see a recorded
home judged in its own time use \`npm run replay\`.

Scenarios:
${scenarios.join('\n')}`;
}

export interface SimulateOptions {
  readonly url: string;
  readonly api: string | null;
  readonly login: string;
  readonly password: string;
  readonly rosterFile: string | null;
  readonly homes: number | null;
  readonly seed: number;
  readonly start: string | null;
  readonly speed: number;
  readonly scenario: string;
  readonly durationMs: number | null;
}

/** @throws Error that names the option; null when help is wanted */
export function readSimulateOptions(argv: readonly string[]): SimulateOptions | null {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      url: { type: 'string', default: 'mqtt://127.0.0.1:1883' },
      api: { type: 'string' },
      login: { type: 'string', default: 'admin' },
      password: { type: 'string' },
      roster: { type: 'string' },
      homes: { type: 'string' },
      seed: { type: 'string', default: '1' },
      start: { type: 'string' },
      speed: { type: 'string', default: '1' },
      scenario: { type: 'string', default: '' },
      duration: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  if (values.api === undefined && values.roster === undefined) {
    throw new Error('--api (to register homes) or --roster (homes registered before) is needed; see --help');
  }
  return {
    url: values.url,
    api: values.api ?? null,
    login: values.login,
    password: values.password ?? process.env['SHOUWANG_PASSWORD'] ?? '',
    rosterFile: values.roster ?? null,
    homes: values.homes === undefined ? null : positive('--homes', values.homes, true),
    seed: whole('--seed', values.seed),
    start: values.start ?? null,
    speed: positive('--speed', values.speed, false),
    scenario: values.scenario,
    durationMs: values.duration === undefined ? null : durationMs(values.duration),
  };
}

/** Registers or reads the homes and builds the fleet; nothing is connected yet. */
export async function prepareFleet(options: SimulateOptions, say: (text: string) => void): Promise<Fleet> {
  const scenarios = parseScenarios(options.scenario);
  const startAtMs = startInstant(options.start, Date.now());
  const homes = await rosterFor(options, say);
  if (homes.homes.length === 0)
    throw new Error(`--roster ${options.rosterFile}: no homes in it, and no --api`);
  const { url, seed, speed } = options;
  return new Fleet({ url, seed, speed, homes: homes.homes, startAtMs, scenarios, say });
}

async function rosterFor(options: SimulateOptions, say: (text: string) => void): Promise<Roster> {
  const known = options.rosterFile === null ? EMPTY_ROSTER : readRoster(options.rosterFile);
  if (options.api === null) {
    return { version: 1, homes: known.homes.slice(0, options.homes ?? known.homes.length) };
  }
  const api = new ApiClient(options.api);
  await api.login(options.login, options.password);
  const count = options.homes ?? 10;
  say(`registering ${count} homes`);
  const roster = await registerHomes(api, { homes: count, seed: options.seed, roster: known });
  if (options.rosterFile !== null) writeRoster(options.rosterFile, merge(known, roster));
  return roster;
}

/** Homes of the file that this run did not touch keep their secrets. */
function merge(known: Roster, fresh: Roster): Roster {
  const ids = new Set(fresh.homes.map(({ gatewayId }) => gatewayId));
  return {
    version: 1,
    homes: [...fresh.homes, ...known.homes.filter(({ gatewayId }) => !ids.has(gatewayId))],
  };
}

/** `07:00` of today in the demo district; null: now. */
export function startInstant(start: string | null, nowMs: number): number {
  if (start === null) return nowMs;
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(start);
  if (match === null) throw new Error(`--start ${start}: HH:MM is meant`);
  const zone = new HomeZone(DEMO_TIMEZONE);
  const midnight = Math.floor(zone.toWallMs(nowMs) / DAY_MS) * DAY_MS;
  return zone.toUtcMs(midnight + (Number(match[1]) * 60 + Number(match[2])) * 60_000);
}

function positive(option: string, text: string, isWhole: boolean): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value)) || (isWhole && !Number.isInteger(value))) {
    throw new Error(`${option} ${text}: a ${isWhole ? 'whole ' : ''}number above 0 is meant`);
  }
  return value;
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value))
    throw new Error(`${option} ${text}: a whole number is meant`);
  return value;
}

function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text);
  if (match === null) throw new Error(`--duration ${text}: 90, 90s, 10m or 2h is meant`);
  return Number(match[1]) * { s: 1_000, m: 60_000, h: 3_600_000 }[(match[2] ?? 's') as 's' | 'm' | 'h'];
}

export function showCounts(counts: FleetCounts): string {
  const troubles = counts.problems.length === 0 ? '' : ` (${counts.problems.join('; ')})`;
  return (
    `${counts.online}/${counts.homes} gateways online, ${counts.reported} readings, ${counts.acknowledged} ` +
    `acknowledged, ${counts.pending} waiting, ${counts.resent} resent, ${counts.dropped} dropped${troubles}`
  );
}

/** False when something waited for an acknowledgement at the end. */
async function simulate(options: SimulateOptions): Promise<boolean> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const fleet = await prepareFleet(options, say);
  fleet.start();
  const status = setInterval(() => say(showCounts(fleet.counts())), STATUS_EVERY_MS);
  const ends: Promise<unknown>[] = [interrupted()];
  if (options.durationMs !== null) ends.push(sleep(options.durationMs));
  await Promise.race(ends);
  clearInterval(status);
  const counts = await fleet.stop(GRACE_MS);
  say(showCounts(counts));
  return counts.pending === 0;
}

async function main(argv: readonly string[]): Promise<void> {
  const options = readSimulateOptions(argv);
  if (options === null) {
    process.stdout.write(`${simulateHelp()}\n`);
    return;
  }
  // A pending timer or signal listener must not keep the process alive.
  process.exit((await simulate(options)) ? 0 : 1);
}

if (import.meta.main) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`simulate: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}

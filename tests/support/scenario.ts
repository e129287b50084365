// Text tables on a time line, run through the real core. A line is `[dN] HH:MM[:SS] action …` or
// `[dN] HH:MM[:SS] => change kind`, in local time of the home; the effects must be exactly the expected lines.
// Every scenario runs straight, and again with a snapshot cut at every entry: both must agree to the byte. What
// it raises must be sayable to an operator.

import { expect } from 'vitest';
import { Engine } from '#core/engine.ts';
import type { Command, HomeCommand } from '#core/model/command.ts';
import type { Effect } from '#core/model/effect.ts';
import type { Entry, EntryBody } from '#core/model/entry.ts';
import type { DeviceConfiguration, HomeConfiguration, SupervisionClass } from '#core/model/home.ts';
import type { ObservationValue } from '#core/model/observation.ts';
import type { Rule } from '#core/rules/rule.ts';
import { encodeSnapshot, restoreSnapshot } from '#core/snapshot.ts';
import { zoneOffsetMs } from '#core/state/local-time.ts';
import { unsayableIn } from './sayable.ts';

export interface ScenarioOptions {
  /** Local date of day 0, `2026-03-02` unless said. */
  readonly date?: string;
  readonly timezone?: string;
  readonly home?: Partial<HomeConfiguration>;
  readonly devices?: readonly Partial<DeviceConfiguration>[];
  readonly gatewaySupervision?: SupervisionClass;
  readonly isGatewayWatched?: boolean;
  readonly rules?: readonly Rule[];
}

interface Step {
  readonly atMs: number;
  readonly words: readonly string[];
}

/** `bed` → device 1 and so on; the usual flat. */
const FLAT: readonly Partial<DeviceConfiguration>[] = [
  { deviceId: 'pir-bedroom', kind: 'motion', room: 'bedroom', zone: 'bedroom' },
  { deviceId: 'pir-living', kind: 'motion', room: 'living room', zone: 'other' },
  { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' },
  { deviceId: 'button', kind: 'button', room: 'living room', zone: 'other' },
  { deviceId: 'smoke', kind: 'smoke', room: 'kitchen', zone: 'kitchen' },
  { deviceId: 'bed', kind: 'bed', room: 'bedroom', zone: 'bedroom' },
];

export function homeOf(options: ScenarioOptions): HomeConfiguration {
  const devices = (options.devices ?? FLAT).map((device, index) => ({
    device: index + 1,
    deviceId: `device-${index + 1}`,
    gateway: 1,
    kind: 'motion',
    room: 'room',
    zone: 'other' as const,
    supervision: 'none' as const,
    ...device,
  }));
  return {
    home: 1,
    homeId: 'h-1',
    revision: 1,
    districtCode: '330106001001',
    timezone: options.timezone ?? 'Asia/Shanghai',
    riskFactor: 1,
    residents: 1,
    rules: {},
    isWatched: true,
    devices,
    ...options.home,
  };
}

/** Play a table and compare what came out with its `=>` lines. Returns the effects for further looks. */
export function play(table: string, options: ScenarioOptions = {}): readonly Effect[] {
  const { steps, expected } = parse(table, options);
  const entries = entriesOf(steps, options);
  const effects = run(entries, options.rules);
  expect(effects.map((effect) => line(effect, options))).toEqual(expected);
  expect(unsayableIn(effects)).toEqual([]);
  expect(runCutEverywhere(entries, options.rules)).toBe(JSON.stringify(effects));
  return effects;
}

export function run(entries: readonly Entry[], rules?: readonly Rule[]): Effect[] {
  const engine = new Engine(rules);
  return entries.flatMap((entry) => [...engine.step(entry)]);
}

/** The whole outcome as JSON when the engine is thrown away and restored after every single entry. */
export function runCutEverywhere(entries: readonly Entry[], rules?: readonly Rule[]): string {
  let engine = new Engine(rules);
  const effects: Effect[] = [];
  for (const entry of entries) {
    effects.push(...engine.step(JSON.parse(JSON.stringify(entry))));
    engine = restoreSnapshot(encodeSnapshot(engine), rules);
  }
  return JSON.stringify(effects);
}

function parse(table: string, options: ScenarioOptions): { steps: Step[]; expected: string[] } {
  const steps: Step[] = [];
  const expected: string[] = [];
  for (const raw of table.split('\n')) {
    const text = raw.replace(/#.*$/, '').trim();
    if (text === '') continue;
    const match = /^(?:d(\d+)\s+)?(\d\d):(\d\d)(?::(\d\d))?\s+(.*)$/.exec(text);
    if (match === null) throw new Error(`scenario line not understood: ${raw}`);
    const [, day, hour, minute, second, rest] = match;
    const atMs = localToUtcMs(options, Number(day ?? 0), Number(hour), Number(minute), Number(second ?? 0));
    if (rest!.startsWith('=>')) expected.push(`${stamp(atMs, options)} ${rest!.slice(2).trim()}`);
    steps.push({ atMs, words: rest!.startsWith('=>') ? ['wait'] : rest!.split(/\s+/) });
  }
  return { steps, expected };
}

function localToUtcMs(
  options: ScenarioOptions,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  const zone = options.timezone ?? 'Asia/Shanghai';
  const midnight = Date.parse(`${options.date ?? '2026-03-02'}T00:00:00Z`) + day * 86_400_000;
  const local = midnight + ((hour * 60 + minute) * 60 + second) * 1000;
  const guess = local - zoneOffsetMs(zone, local);
  return local - zoneOffsetMs(zone, guess);
}

function stamp(atMs: number, options: ScenarioOptions): string {
  const zone = options.timezone ?? 'Asia/Shanghai';
  return new Date(atMs + zoneOffsetMs(zone, atMs)).toISOString().slice(0, 19);
}

function line(effect: Effect, options: ScenarioOptions): string {
  if (effect.type === 'command-refused') return `${stamp(effect.atMs, options)} refused ${effect.refusal}`;
  if (effect.type === 'home-command-refused')
    return `${stamp(effect.atMs, options)} refused ${effect.refusal}`;
  if (effect.type === 'home-state') return `${stamp(effect.atMs, options)} ${effect.change}`;
  if (effect.type === 'prompt') return `${stamp(effect.atMs, options)} ${effect.change} ${effect.deviceId}`;
  const { alert, change } = effect;
  const count = change === 'repeated' || change === 'returned' ? ` x${alert.causeCount}` : '';
  const level = change === 'escalated' ? ` ${alert.escalationLevel}` : '';
  const code = change === 'raised' && alert.kind === 'inactivity' ? ` ${alert.explanation.code}` : '';
  return `${stamp(effect.atMs, options)} ${change} ${alert.kind}${code}${count}${level}`;
}

/** Entries of the log as the service would append them: the roster, then each step with the ticks before it. */
export function entriesOf(steps: readonly Step[], options: ScenarioOptions): Entry[] {
  const entries: Entry[] = [];
  const engine = new Engine(options.rules);
  const append = (atMs: number, body: EntryBody): void => {
    const entry = { offset: entries.length + 1, atMs, body };
    entries.push(entry);
    engine.step(entry);
  };
  const startMs = steps[0]!.atMs;
  const gateway = { gateway: 1, gatewayId: 'gw-1', revision: 1, districtCode: '330106001001', home: 1 };
  const supervision = options.gatewaySupervision ?? 'none';
  const isWatched = options.isGatewayWatched ?? true;
  append(startMs, { type: 'gateway-configured', gateway: { ...gateway, supervision, isWatched } });
  append(startMs, { type: 'home-configured', home: homeOf(options) });
  for (const { atMs, words } of steps) {
    while (words[0] !== 'resumed' && engine.nextDeadlineMs() <= atMs)
      append(engine.nextDeadlineMs(), { type: 'tick' });
    const body = bodyOf(words, atMs, entries, options, engine);
    if (body !== null) append(atMs, body);
  }
  return entries;
}

function bodyOf(
  words: readonly string[],
  atMs: number,
  entries: readonly Entry[],
  options: ScenarioOptions,
  engine: Engine,
): EntryBody | null {
  const [verb, first, second] = words;
  switch (verb) {
    case 'wait':
      return null;
    case 'resumed':
      return { type: 'resumed', reason: 'start', fromMs: entries.at(-1)!.atMs, coreVersion: 'test' };
    case 'pulse':
      return { type: 'tick' };
    case 'gateway':
      return {
        type: 'gateway-link',
        gateway: 1,
        online: first === 'on',
        reason: first === 'on' ? 'status' : 'will',
      };
    case 'desk':
      return { type: 'desk-presence', staffId: first!, present: second === 'on' };
    case 'configure':
      return {
        type: 'home-configured',
        home: { ...homeOf(options), revision: 2, ...JSON.parse(words.slice(1).join(' ')) },
      };
    case 'staff':
      return { type: 'command', command: homeCommandOf(words, atMs) ?? commandOf(words, engine) };
    default:
      return observationOf(words, atMs, entries.length, options);
  }
}

/** `staff li declare-away HOURS` and `staff li declare-back`; null for an order about an alert. */
function homeCommandOf(words: readonly string[], atMs: number): HomeCommand | null {
  const [, staffId, action, hours] = words;
  const base = { home: 1, staffId: staffId! };
  if (action === 'declare-back') return { ...base, action };
  if (action !== 'declare-away') return null;
  return { ...base, action, untilMs: atMs + Number(hours) * 3_600_000, note: null };
}

/** `staff li claim|release|acknowledge|note TEXT|close CODE DETAIL [token N]`: the first open alert, or `alert ID`. */
function commandOf(words: readonly string[], engine: Engine): Command {
  const [, staffId, action, ...rest] = words;
  const named = rest.indexOf('alert');
  const alert = engine.openAlerts()[0];
  const alertId = named >= 0 ? rest[named + 1]! : (alert?.id ?? 'none');
  const tokenAt = rest.indexOf('token');
  const token = tokenAt >= 0 ? Number(rest[tokenAt + 1]) : (alert?.claim?.token ?? 0);
  const base = { alertId, staffId: staffId!, token };
  switch (action) {
    case 'claim':
      return { action, alertId, staffId: staffId! };
    case 'note':
      return {
        action,
        alertId,
        staffId: staffId!,
        text: rest[0]!,
        ...(rest[1] === 'key' ? { key: rest[2]! } : {}),
      };
    case 'close':
      return { ...base, action, note: null, outcome: { code: rest[0] as 'WELFARE_OK', detail: rest[1]! } };
    case 'release':
    case 'acknowledge':
      return { ...base, action };
    default:
      throw new Error(`staff action not understood: ${action}`);
  }
}

/** `DEVICE KIND VALUE [level] [id X] [late SECONDS] [battery N]`. */
export function observationOf(
  words: readonly string[],
  atMs: number,
  count: number,
  options: ScenarioOptions,
): EntryBody {
  const [deviceId, kind, text, ...rest] = words;
  const known = homeOf(options).devices.find((device) => device.deviceId === deviceId);
  const after = (word: string): string | undefined =>
    rest.includes(word) ? rest[rest.indexOf(word) + 1] : undefined;
  const lateMs = Number(after('late') ?? 0) * 1000;
  return {
    type: 'observation',
    gateway: 1,
    device: known?.device ?? null,
    deviceId: deviceId!,
    kind: kind!,
    value: readValue(text!),
    isLevel: rest.includes('level'),
    measuredAtMs: atMs - lateMs,
    isDeviceTime: true,
    eventId: after('id') ?? `e${count}`,
    batteryPct: after('battery') === undefined ? null : Number(after('battery')),
    isBuffered: lateMs > 0,
  };
}

function readValue(text: string): ObservationValue {
  if (text === 'on' || text === 'open') return true;
  if (text === 'off' || text === 'closed') return false;
  if (text === 'null') return null;
  if (text.startsWith('{')) return JSON.parse(text);
  return Number.isNaN(Number(text)) ? text : Number(text);
}

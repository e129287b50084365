// A service that has lived for some weeks, for tests of what is read from its past: a real log on disk, the core that
// decided as the entries came, with its ticks and outages, and the alert store it filled. Three homes, two of them
// behind one concentrator; days, faults and staff from a seed.

import { CORE_VERSION, Engine } from '#core/engine.ts';
import type { Effect } from '#core/model/effect.ts';
import type { EntryBody } from '#core/model/entry.ts';
import type { DeviceConfiguration, GatewayConfiguration, HomeConfiguration } from '#core/model/home.ts';
import type { EventLog } from '#journal/journal.ts';
import { createMemoryAlertStore } from '#push/memory-alert-store.ts';
import { createRandom, type Random } from '../../simulators/random.ts';
import type { SetClock } from './log-samples.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
export const LIFE_START_MS = Date.parse('2026-03-02T00:00:00Z');

const ROOMS = [
  { deviceId: 'pir-bedroom', kind: 'motion', room: 'bedroom', zone: 'bedroom' },
  { deviceId: 'pir-living', kind: 'motion', room: 'living room', zone: 'other' },
  { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' },
  { deviceId: 'button', kind: 'button', room: 'living room', zone: 'other' },
] as const;
const OUTCOMES = [
  { code: 'WELFARE_OK', detail: 'seen' },
  { code: 'EMERGENCY', detail: 'ambulance120' },
] as const;

/** Far apart, as in an installation of many: a back-test has to make them small. */
const HOME_NUMBERS = [3, 700, 9_000];
const GATEWAY_NUMBERS = [40, 41, 41];

export class LivedLog {
  readonly engine = new Engine();
  readonly alerts = createMemoryAlertStore({ resumableEffects: 10 });
  readonly effects: Effect[] = [];
  nowMs = LIFE_START_MS;
  readonly #log: EventLog;
  readonly #clock: SetClock;
  readonly #random: Random;
  #appends: Promise<unknown>[] = [];
  #events = 0;

  constructor(log: EventLog, clock: SetClock, seed: number) {
    this.#log = log;
    this.#clock = clock;
    this.#random = createRandom(seed, 1);
  }

  async live(days: number): Promise<void> {
    for (const gateway of [40, 41]) this.append({ type: 'gateway-configured', gateway: gatewayOf(gateway) });
    HOME_NUMBERS.forEach((_, index) => {
      this.append({ type: 'home-configured', home: homeAt(index) });
    });
    this.append({ type: 'desk-presence', staffId: 'li', present: true });
    for (let day = 0; day < days; day++) await this.#liveDay(LIFE_START_MS + day * DAY_MS);
    this.append({ type: 'tick' }, this.nowMs + MINUTE_MS);
    await this.settle();
  }

  /** Resolves when everything appended is on disk. */
  async settle(): Promise<void> {
    await Promise.all(this.#appends);
    this.#appends = [];
  }

  /** One entry now; ticks before it where the core waited for them. */
  append(body: EntryBody, atMs = this.nowMs): void {
    while (body.type !== 'resumed' && this.engine.nextDeadlineMs() < atMs)
      this.#write(this.engine.nextDeadlineMs(), { type: 'tick' });
    this.#write(atMs, body);
  }

  #write(atMs: number, body: EntryBody): void {
    this.nowMs = Math.max(this.nowMs, atMs);
    this.#clock.atMs = this.nowMs;
    const identity = body.type === 'observation' && body.eventId !== null;
    const draft = {
      body,
      identity: identity ? { source: body.device ?? -body.gateway, id: body.eventId!, withinMs: null } : null,
    };
    this.#appends.push(this.#log.append([draft]));
    const offset = this.engine.offset + 1;
    const effects = this.engine.step({ offset, atMs: this.nowMs, body: structuredClone(body) });
    this.effects.push(...effects);
    this.alerts.record(effects, offset);
  }

  async #liveDay(midnightMs: number): Promise<void> {
    const happenings = this.#happeningsOf(midnightMs).sort((a, b) => a.atMs - b.atMs);
    for (const { atMs, body } of happenings) {
      if (atMs < this.nowMs) continue;
      this.append(body.type === 'observation' ? this.#measured(body, atMs) : body, atMs);
      if (this.#random.chance(0.01)) this.#handleAlert();
    }
    await this.settle();
  }

  #happeningsOf(midnightMs: number): { atMs: number; body: EntryBody }[] {
    const random = this.#random;
    const all: { atMs: number; body: EntryBody }[] = [];
    HOME_NUMBERS.forEach((_, index) => {
      // Some days somebody stays in bed, and the rules have something to say.
      const isSilent = random.chance(0.15);
      for (let atMs = midnightMs; atMs < midnightMs + DAY_MS; atMs += random.exponential(20 * MINUTE_MS)) {
        const hour = (atMs - midnightMs) / HOUR_MS;
        if (isSilent ? hour > 8 : hour < 6) continue;
        all.push({ atMs: Math.floor(atMs), body: this.#reading(index) });
      }
    });
    for (const gateway of [40, 41]) {
      for (let atMs = midnightMs; atMs < midnightMs + DAY_MS; atMs += HOUR_MS)
        all.push({ atMs, body: { type: 'gateway-link', gateway, online: true, reason: 'heartbeat' } });
      const offAtMs = midnightMs + random.whole(0, DAY_MS);
      if (random.chance(0.2))
        all.push({ atMs: offAtMs, body: { type: 'gateway-link', gateway, online: false, reason: 'will' } });
    }
    return [...all, ...this.#rarities(midnightMs)];
  }

  #rarities(midnightMs: number): { atMs: number; body: EntryBody }[] {
    const random = this.#random;
    const some = (): number => midnightMs + random.whole(0, DAY_MS - 1);
    const stranger = { ...this.#reading(0), device: null, deviceId: 'stranger', kind: 'smoke', value: true };
    const away = { staffId: 'li', action: 'declare-away', note: null } as const;
    const rare: EntryBody[] = [
      { ...this.#reading(0), device: deviceAt(0, 3), deviceId: 'button', kind: 'button', value: 'sos' },
      { ...this.#reading(1), device: deviceAt(1, 3), deviceId: 'button', kind: 'button', value: 'sos' },
      stranger,
      { ...stranger, gateway: 41 },
      { type: 'desk-presence', staffId: 'li', present: random.chance(0.5) },
      { type: 'command', command: { ...away, home: 700, untilMs: midnightMs + 2 * DAY_MS } },
      { type: 'home-configured', home: { ...homeAt(random.whole(0, 2)), riskFactor: 0.75, revision: 2 } },
      // One of its devices goes to the neighbour and comes back with the next change.
      { type: 'home-configured', home: { ...homeAt(2), devices: homeAt(2).devices.slice(1), revision: 3 } },
    ];
    const chosen = rare.filter(() => random.chance(0.2)).map((body) => ({ atMs: some(), body }));
    if (random.chance(0.2)) {
      const atMs = some();
      const fromMs = atMs - random.whole(2, 5 * 60) * MINUTE_MS;
      chosen.push({ atMs, body: { type: 'resumed', reason: 'start', fromMs, coreVersion: CORE_VERSION } });
    }
    return chosen;
  }

  #reading(index: number): EntryBody & { type: 'observation' } {
    const place = this.#random.whole(0, 2);
    const { deviceId, kind } = ROOMS[place]!;
    return {
      type: 'observation',
      gateway: GATEWAY_NUMBERS[index]!,
      device: deviceAt(index, place),
      deviceId,
      kind,
      value: this.#random.chance(0.7),
      isLevel: false,
      measuredAtMs: LIFE_START_MS,
      isDeviceTime: true,
      eventId: this.#random.chance(0.9) ? `e${this.#events++}` : null,
      batteryPct: this.#random.chance(0.1) ? this.#random.whole(10, 90) : null,
      isBuffered: false,
    };
  }

  /** Some come late, after an outage of the gateway or with a clock that is wrong. */
  #measured(body: EntryBody & { type: 'observation' }, atMs: number): EntryBody {
    if (this.#random.chance(0.85)) return { ...body, measuredAtMs: atMs };
    return { ...body, measuredAtMs: atMs - this.#random.whole(0, 30 * HOUR_MS), isBuffered: true };
  }

  #handleAlert(): void {
    const open = this.engine.openAlerts();
    if (open.length === 0) return;
    const { id: alertId, claim } = this.#random.pick(open);
    const staffId = 'li';
    if (claim === null)
      return this.append({ type: 'command', command: { action: 'claim', alertId, staffId } });
    const outcome = this.#random.pick(OUTCOMES);
    const { token } = claim;
    const command = { action: 'close', alertId, staffId, token, outcome, note: 'x' } as const;
    this.append({ type: 'command', command });
  }
}

function deviceAt(index: number, place: number): number {
  return (HOME_NUMBERS[index]! - 1) * ROOMS.length + place + 1;
}

function gatewayOf(gateway: number): GatewayConfiguration {
  return {
    gateway,
    gatewayId: `gw-${gateway}`,
    revision: 1,
    districtCode: '330106001001',
    home: gateway === 40 ? HOME_NUMBERS[0]! : null,
    supervision: '5h',
    isWatched: true,
  };
}

function homeAt(index: number): HomeConfiguration {
  return {
    home: HOME_NUMBERS[index]!,
    homeId: `h-${index + 1}`,
    revision: 1,
    districtCode: `33010600100${index + 1}`,
    timezone: 'Asia/Shanghai',
    riskFactor: 1,
    residents: index === 2 ? 2 : 1,
    rules: {},
    isWatched: true,
    devices: ROOMS.map((device, place): DeviceConfiguration => {
      const number = deviceAt(index, place);
      return { ...device, device: number, gateway: GATEWAY_NUMBERS[index]!, supervision: '25h' };
    }),
  };
}

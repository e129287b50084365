// Drives the real engine over recorded events, as the service would: ticks when the engine's deadline is due, a
// gateway heartbeat every ten minutes all along, also after an emergency, so that silence is not an outage.
// A replay can be copied at any point through the snapshot, which makes a thousand cases cheap.

import { Engine } from '#core/engine.ts';
import type { Alert } from '#core/model/alert.ts';
import type { EntryBody } from '#core/model/entry.ts';
import type { RuleSettings } from '#core/model/home.ts';
import { encodeSnapshot, restoreSnapshot } from '#core/snapshot.ts';
import type { RecordedEvent } from '../../simulators/recorded-home.ts';
import type { Recording } from './recording.ts';

export const HEARTBEAT_MS = 600_000;
/** Alerts that send somebody to the home. */
const EMERGENCIES: ReadonlySet<string> = new Set(['inactivity', 'bathroom-stay', 'not-up']);
const RINGS: ReadonlySet<string> = new Set(['raised', 'repeated', 'returned']);

export function isEmergency(alert: Pick<Alert, 'kind'>): boolean {
  return EMERGENCIES.has(alert.kind);
}

export interface Ring {
  readonly atMs: number;
  readonly rule: string;
  readonly code: string;
  readonly isEmergency: boolean;
}

/** A fault that the sensors or the way to us have; see `faults.ts`. */
export interface Delivery {
  readonly atMs: number;
  readonly event: RecordedEvent;
  readonly isBuffered: boolean;
}

export class Replay {
  readonly rings: Ring[] = [];
  readonly #recording: Recording;
  readonly #devices: ReadonlyMap<string, number>;
  #engine: Engine;
  #nowMs: number;
  #nextBeatAtMs: number;
  #eventsTaken = 0;
  /** No heartbeat and no event reaches us before this time. */
  #muteUntilMs = 0;

  constructor(recording: Recording, rules: RuleSettings, engine?: Engine, nowMs?: number) {
    this.#recording = recording;
    this.#devices = new Map(recording.home.sensors.map((sensor, index) => [sensor.deviceId, index + 1]));
    this.#engine = engine ?? new Engine();
    this.#nowMs = nowMs ?? (recording.events[0]?.atMs ?? 1) - 1;
    this.#nextBeatAtMs = this.#nowMs + HEARTBEAT_MS;
    if (engine === undefined) this.#configure(rules);
  }

  /** Is the home taken to be empty now? */
  get isAway(): boolean {
    const { homes } = this.#engine.world.roster;
    return homes.columns.presence.get(homes.row(1)) === 2;
  }

  /** Is an emergency on the screens whose cause still stands? */
  get isAlarming(): boolean {
    return this.#engine.openAlerts().some((alert) => isEmergency(alert) && alert.condition === 'active');
  }

  /** What the engine keeps in columns for a home, without its devices and gateway. */
  get columnBytes(): number {
    const { homes } = this.#engine.world.roster;
    return homes.blocks().reduce((sum, { bytes }) => sum + bytes.byteLength / homes.size, 0);
  }

  /** The whole state, at this instant. */
  cut(): ReplayCut {
    const cut = { nowMs: this.#nowMs, nextBeatAtMs: this.#nextBeatAtMs, eventsTaken: this.#eventsTaken };
    return { ...cut, bytes: encodeSnapshot(this.#engine) };
  }

  static from(recording: Recording, cut: ReplayCut): Replay {
    const replay = new Replay(recording, {}, restoreSnapshot(cut.bytes), cut.nowMs);
    replay.#nextBeatAtMs = cut.nextBeatAtMs;
    replay.#eventsTaken = cut.eventsTaken;
    return replay;
  }

  take({ atMs, event, isBuffered }: Delivery): void {
    this.#eventsTaken++;
    this.advance(atMs);
    if (atMs < this.#muteUntilMs) return;
    this.#step(atMs, {
      type: 'observation',
      gateway: 1,
      device: this.#devices.get(event.deviceId)!,
      deviceId: event.deviceId,
      kind: event.kind,
      value: event.value,
      isLevel: false,
      measuredAtMs: event.atMs,
      isDeviceTime: true,
      eventId: `${event.line}`,
      batteryPct: null,
      isBuffered,
    });
  }

  /** Nothing comes from the gateway until `untilMs`. */
  mute(untilMs: number): void {
    this.#muteUntilMs = untilMs;
  }

  /** Let time pass. */
  advance(untilMs: number): void {
    while (this.#nextBeatAtMs <= untilMs) {
      const atMs = this.#nextBeatAtMs;
      this.#nextBeatAtMs += HEARTBEAT_MS;
      this.#tickUntil(atMs);
      if (atMs < this.#muteUntilMs) continue;
      this.#step(atMs, { type: 'gateway-link', gateway: 1, online: true, reason: 'heartbeat' });
    }
    this.#tickUntil(untilMs);
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #tickUntil(untilMs: number): void {
    for (let dueAtMs = this.#engine.nextDeadlineMs(); dueAtMs <= untilMs; ) {
      this.#step(Math.max(dueAtMs, this.#nowMs), { type: 'tick' });
      dueAtMs = this.#engine.nextDeadlineMs();
    }
  }

  #step(atMs: number, body: EntryBody): void {
    this.#nowMs = atMs;
    for (const effect of this.#engine.step({ offset: this.#engine.offset + 1, atMs, body })) {
      if (effect.type !== 'alert' || !RINGS.has(effect.change)) continue;
      const { alert } = effect;
      // A broken rule must not look like a quiet one.
      if (alert.kind === 'rule-fault') throw new Error(JSON.stringify(alert.explanation));
      this.rings.push({
        atMs: effect.atMs,
        rule: alert.rule,
        code: alert.explanation.code,
        isEmergency: isEmergency(alert),
      });
    }
  }

  #configure(rules: RuleSettings): void {
    const { home } = this.#recording;
    const words = { homeId: 'h', districtCode: '0', timezone: home.timezone, rules };
    const gateway = { gateway: 1, gatewayId: 'g', revision: 1, districtCode: '0', home: 1 };
    // The level that fits a heartbeat of ten minutes: 180 s would call the gateway silent between two beats.
    const gatewayBody = { ...gateway, supervision: '5h', isWatched: true } as const;
    this.#step(this.#nowMs, { type: 'gateway-configured', gateway: gatewayBody });
    const devices = home.sensors.map(({ deviceId, kind, room, zone }, index) => {
      return { device: index + 1, deviceId, gateway: 1, kind, room, zone, supervision: 'none' } as const;
    });
    const base = { home: 1, revision: 1, riskFactor: 1, residents: home.residents, isWatched: true };
    this.#step(this.#nowMs, { type: 'home-configured', home: { ...base, ...words, devices } });
  }
}

export interface ReplayCut {
  readonly nowMs: number;
  readonly nextBeatAtMs: number;
  readonly eventsTaken: number;
  readonly bytes: Uint8Array;
}

export function inOrder(event: RecordedEvent): Delivery {
  return { atMs: event.atMs, event, isBuffered: false };
}

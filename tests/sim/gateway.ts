// A gateway without sockets: keeps every reading until it is acknowledged, emergencies first and without limit, ten
// others in flight; after a lost connection it sends again with the same id and marks it as buffered. Its link can be
// cut, acknowledgements can be lost with the connection, its clock can be wrong, and some readings come twice.

import { emergencyOf } from '#core/model/observation.ts';
import type { GatewayEntry } from '#registry/registry.ts';
import { Fifo } from '../../simulators/fifo.ts';
import { readingTopic, statusTopic } from '../../simulators/native-format.ts';
import type { Random } from '../../simulators/random.ts';
import type { Agenda } from './agenda.ts';
import type { Service } from './service.ts';
import type { MadeReading } from './truth.ts';

/** How this gateway lets a resend be recognised. */
export type IdentityStyle = 'id' | 'seq-and-time' | 'seq-only';

export interface GatewayOptions {
  readonly entry: GatewayEntry;
  readonly style: IdentityStyle;
  readonly beatMs: number;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly service: () => Service | null;
  /** What its clock shows at `atMs`, as far ahead of the truth, ms. */
  readonly clockErrorMs: (atMs: number) => number;
}

interface Message {
  readonly reading: MadeReading;
  readonly fields: Readonly<Record<string, unknown>>;
  isBuffered: boolean;
  firstSentAtMs: number;
}

const MAX_IN_FLIGHT = 10;
const BACKOFF_LONGEST_MS = 30_000;
/** A weak identity holds 15 minutes; a copy that may come later than this may count as new. */
const WEAK_MS = 14 * 60_000;
/** A time further ahead than a minute is not believed, and one before 2020 neither. */
const BELIEVED_MS = 50_000;
/** The broker notices a silent peer after 1.5 keep-alives of 60 s. */
const NOTICED_MS = 90_000;
const LOST_ACK_CHANCE = 0.0005;
const GHOST_CHANCE = 0.002;

const encoder = new TextEncoder();

export class VirtualGateway {
  readonly #options: GatewayOptions;
  readonly #urgent = new Fifo<Message>();
  readonly #waiting = new Fifo<Message>();
  readonly #inFlight = new Set<Message>();
  #isLinkUp = true;
  /** Number of the open session; 0: none. */
  #session = 0;
  #sessions = 0;
  #failures = 0;
  #seq = 0;
  #lastArrivalMs = 0;
  #isRetrying = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  start(): void {
    const { agenda, random, beatMs } = this.#options;
    const beat = (): void => {
      if (this.#session > 0) this.#sendStatus();
      agenda.after(beatMs, beat);
    };
    agenda.after(random.between(0, beatMs), beat);
    this.#retryLater();
  }

  cutLink(): void {
    this.#isLinkUp = false;
    this.#lose(this.#options.random.chance(0.5) ? 0 : NOTICED_MS);
  }

  restoreLink(): void {
    this.#isLinkUp = true;
    this.#failures = 0;
    this.#retryLater();
  }

  /** The service is gone, and with it every connection. */
  serviceDied(): void {
    this.#lose(null);
  }

  /** A sensor told the gateway. */
  report(reading: MadeReading): void {
    const { style, clockErrorMs } = this.#options;
    this.#seq += 1;
    const at = reading.madeAtMs + clockErrorMs(reading.madeAtMs);
    const fields = {
      ...(style === 'id' ? { id: `${this.#options.entry.gatewayId}-b-${this.#seq}` } : {}),
      seq: this.#seq,
      ...(style === 'seq-only' ? {} : { at }),
      kind: reading.kind,
      value: reading.value,
      ...(reading.batteryPct === null ? {} : { battery: reading.batteryPct }),
    };
    const message = { reading, fields, isBuffered: this.#session === 0, firstSentAtMs: 0 };
    (isUrgent(reading) ? this.#urgent : this.#waiting).push(message);
    this.#pump();
  }

  #connect(): void {
    const service = this.#options.service();
    if (!this.#isLinkUp || this.#session > 0) return;
    if (service === null || !service.isUp || service.frozenUntilMs > this.#options.agenda.nowMs) {
      this.#retryLater();
      return;
    }
    this.#session = ++this.#sessions;
    service.sessionOpened(this.#options.entry);
    this.#sendStatus();
    this.#pump();
  }

  #retryLater(): void {
    if (this.#isRetrying || !this.#isLinkUp) return;
    const { agenda, random } = this.#options;
    const limitMs = Math.min(BACKOFF_LONGEST_MS, 1_000 * 2 ** Math.min(this.#failures++, 10));
    this.#isRetrying = true;
    agenda.after(random.between(limitMs / 10, limitMs), () => {
      this.#isRetrying = false;
      this.#connect();
    });
  }

  /** The connection is gone; the service notices after `noticedAfterMs`, or never when it is gone itself. */
  #lose(noticedAfterMs: number | null): void {
    if (this.#session === 0) return;
    const { agenda, entry } = this.#options;
    this.#session = 0;
    const unacknowledged = [...this.#inFlight];
    this.#inFlight.clear();
    for (const message of unacknowledged) message.isBuffered = true;
    this.#urgent.putBack(unacknowledged.filter(({ reading }) => isUrgent(reading)));
    this.#waiting.putBack(unacknowledged.filter(({ reading }) => !isUrgent(reading)));
    const service = this.#options.service();
    if (noticedAfterMs !== null && service !== null) {
      const will = { ...statusFrame(entry, { online: false }), isWill: true };
      const notice = (): void => {
        if (!service.isUp) return;
        if (service.frozenUntilMs > agenda.nowMs) agenda.at(service.frozenUntilMs, notice);
        else service.sessionLost(will);
      };
      agenda.after(noticedAfterMs, notice);
    }
    this.#retryLater();
  }

  #pump(): void {
    if (this.#session === 0) return;
    for (let next = this.#urgent.shift(); next !== undefined; next = this.#urgent.shift()) this.#send(next);
    while (this.#inFlight.size < MAX_IN_FLIGHT) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#send(next);
    }
  }

  #send(message: Message): void {
    const { agenda, random } = this.#options;
    const session = this.#session;
    this.#inFlight.add(message);
    if (message.firstSentAtMs === 0) message.firstSentAtMs = agenda.nowMs;
    // In order, as one TCP connection delivers; now and then a lost packet holds all of them up.
    const latencyMs = random.chance(0.002) ? random.between(1_000, 20_000) : random.between(5, 200);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, agenda.nowMs + latencyMs);
    agenda.at(this.#lastArrivalMs, () => this.#arrive(message, session));
  }

  #arrive(message: Message, session: number): void {
    if (session !== this.#session) return;
    const { agenda } = this.#options;
    const service = this.#options.service();
    if (service === null || !service.isUp) return;
    if (service.frozenUntilMs > agenda.nowMs) {
      // The bytes wait in the socket of the process that stands still.
      agenda.at(service.frozenUntilMs, () => this.#arrive(message, session));
      return;
    }
    this.#deliver(service, message).then(
      () => this.#answered(service, message, session),
      () => {
        if (session === this.#session && !service.isDead) this.#lose(0);
      },
    );
  }

  #deliver(service: Service, message: Message): Promise<unknown> {
    const { entry } = this.#options;
    const { reading, isBuffered } = message;
    const isOldCopy = this.#options.agenda.nowMs - message.firstSentAtMs > WEAK_MS;
    if (isOldCopy && this.#isWeak(reading)) reading.mayBeDoubled = true;
    const body = isBuffered ? { ...message.fields, buffered: true } : message.fields;
    const topic = readingTopic(entry.gatewayId, reading.deviceId, reading.isLevel);
    const frame = { gateway: entry, source: 'mqtt', topic, payload: encode(body) } as const;
    return service.take({ ...frame, isRetained: false, isWill: false }, reading);
  }

  /** Nothing but a counter identifies it: it names no time, or one that nobody can believe. */
  #isWeak({ madeAtMs }: MadeReading): boolean {
    const { style, clockErrorMs } = this.#options;
    return (
      style === 'seq-only' || (style === 'seq-and-time' && Math.abs(clockErrorMs(madeAtMs)) > BELIEVED_MS)
    );
  }

  #answered(service: Service, message: Message, session: number): void {
    // The answer of a process that died between processing and answering never left it.
    if (service.isDead) return;
    const { agenda, random } = this.#options;
    if (random.chance(LOST_ACK_CHANCE)) {
      if (session === this.#session) this.#lose(0);
      return;
    }
    if (session !== this.#session || !this.#inFlight.delete(message)) return;
    message.reading.ackedAtMs ??= agenda.nowMs;
    // Not with the connection: a service that takes nothing is not tried ten times a second.
    this.#failures = 0;
    if (random.chance(GHOST_CHANCE)) this.#haunt(message);
    this.#pump();
  }

  /** Something on the way repeats an acknowledged message. */
  #haunt(message: Message): void {
    const { agenda, random } = this.#options;
    agenda.after(random.between(500, 600_000), () => {
      const service = this.#options.service();
      if (this.#session === 0 || service === null || !service.isUp) return;
      if (service.frozenUntilMs > agenda.nowMs) return;
      this.#deliver(service, message).catch(() => undefined);
    });
  }

  #sendStatus(): void {
    const { agenda, random, entry } = this.#options;
    const session = this.#session;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, agenda.nowMs + random.between(5, 200));
    agenda.at(this.#lastArrivalMs, () => {
      const service = this.#options.service();
      if (session !== this.#session || service === null || !service.isUp) return;
      if (service.frozenUntilMs > agenda.nowMs) return;
      service.take(statusFrame(entry, { online: true }), null).catch(() => undefined);
    });
  }
}

function isUrgent({ kind, value }: MadeReading): boolean {
  return emergencyOf(kind, value) !== null;
}

function encode(body: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(body));
}

function statusFrame(gateway: GatewayEntry, status: { readonly online: boolean }) {
  const topic = statusTopic(gateway.gatewayId);
  return {
    gateway,
    source: 'mqtt',
    topic,
    payload: encode(status),
    isRetained: true,
    isWill: false,
  } as const;
}

// What one simulated home says: readings with identities that never repeat. Most gateways give each event an id;
// every fifth one only a sequence number and its time, as cheaper ones do, so both kinds of identity meet the kills.

import type { Random } from '../../simulators/random.ts';
import type { Ledger, SentReading } from './ledger.ts';

export interface Reading {
  /** Event id as the log keeps it. */
  readonly key: string;
  readonly deviceId: string;
  readonly leaf: 'event' | 'telemetry';
  readonly isPress: boolean;
  /** One element of the native format. */
  readonly element: Readonly<Record<string, unknown>>;
}

interface Source {
  readonly deviceId: string;
  readonly kind: string;
  readonly leaf: Reading['leaf'];
  readonly value: (random: Random) => boolean | number | string;
}

const ORDINARY: readonly Source[] = [
  ...['pir-bedroom', 'pir-bathroom', 'pir-kitchen', 'pir-living', 'pir-hall'].map(motionOf),
  { deviceId: 'door-front', kind: 'contact', leaf: 'event', value: (random) => random.chance(0.5) },
  { deviceId: 'tv-living', kind: 'power_w', leaf: 'telemetry', value: (random) => random.whole(0, 150) },
  {
    deviceId: 'temp-living',
    kind: 'temperature_c',
    leaf: 'telemetry',
    value: (random) => random.whole(160, 260) / 10,
  },
];

const PRESSES: readonly (Source & { readonly emergency: string })[] = [
  { deviceId: 'sos-button', kind: 'button', leaf: 'event', value: () => 'sos', emergency: 'sos' },
  { deviceId: 'fall-pendant', kind: 'fall', leaf: 'event', value: () => true, emergency: 'fall' },
  { deviceId: 'smoke-kitchen', kind: 'smoke', leaf: 'event', value: () => true, emergency: 'smoke' },
  { deviceId: 'gas-kitchen', kind: 'gas', leaf: 'event', value: () => true, emergency: 'gas' },
];

function motionOf(deviceId: string): Source {
  return { deviceId, kind: 'motion', leaf: 'event', value: (random) => random.chance(0.8) };
}

/** Room for the readings of one home between two homes' sequence numbers. */
const SEQ_PER_HOME = 10_000_000;

export type VoiceHome = Pick<SentReading, 'homeId' | 'gatewayId'>;

export class Voice {
  readonly #home: VoiceHome;
  readonly #index: number;
  readonly #random: Random;
  readonly #ledger: Ledger;
  #count = 0;

  constructor(home: VoiceHome, index: number, random: Random, ledger: Ledger) {
    this.#home = home;
    this.#index = index;
    this.#random = random;
    this.#ledger = ledger;
  }

  ordinary(): Reading {
    return this.#say(this.#random.pick(ORDINARY), null);
  }

  press(): Reading {
    const source = this.#random.pick(PRESSES);
    return this.#say(source, source.emergency);
  }

  #say(source: Source, emergency: string | null): Reading {
    const { deviceId, kind, leaf } = source;
    const value = source.value(this.#random);
    const number = this.#index * SEQ_PER_HOME + this.#count;
    const at = Date.now();
    this.#count += 1;
    const hasId = this.#index % 5 !== 4;
    const key = hasId ? `e${number}` : `${number}@${at}`;
    const { homeId, gatewayId } = this.#home;
    this.#ledger.sent(key, { homeId, gatewayId, deviceId, kind, value, emergency });
    const identity = hasId ? { id: key } : { seq: number };
    return { key, deviceId, leaf, isPress: emergency !== null, element: { ...identity, at, kind, value } };
  }
}

// Every option of the service, once: the types, the defaults, `.env.example`, docs/configuration.md, `--help` and the
// messages for bad values all come from this table.

interface OptionBase {
  /** One sentence for the documentation. */
  readonly meaning: string;
  readonly isSecret?: true;
}
export interface TextOption extends OptionBase {
  readonly type: 'text';
  readonly default: string;
}
export interface PortOption extends OptionBase {
  readonly type: 'port';
  readonly default: number;
}
export interface IntegerOption extends OptionBase {
  readonly type: 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
}
export interface ChoiceOption<C extends readonly string[] = readonly string[]> extends OptionBase {
  readonly type: 'choice';
  readonly choices: C;
  readonly default: C[number];
}
export interface ListOption extends OptionBase {
  readonly type: 'list';
  readonly default: readonly string[];
}
export type Option = TextOption | PortOption | IntegerOption | ChoiceOption | ListOption;

/** Of one class of kinds (src/telemetry/retention.ts). */
function days(usual: number, what: string) {
  const meaning = `Days for which telemetry is kept: ${what}.`;
  return { type: 'integer', default: usual, min: 1, max: 36_500, meaning } as const;
}

export const OPTIONS = {
  dataDir: {
    type: 'text',
    default: './data',
    meaning:
      'Folder of everything that is kept: log, snapshots, registry, alerts, server key. Back up this folder.',
  },
  httpHost: {
    type: 'text',
    default: '127.0.0.1',
    meaning: 'Address of the console, the API and MQTT over WebSocket.',
  },
  httpPort: {
    type: 'port',
    default: 8080,
    meaning: 'Port of the console and the API; 0 takes any free port.',
  },
  mqttHost: {
    type: 'text',
    default: '127.0.0.1',
    meaning: 'Address of MQTT. Plain MQTT carries secrets in clear: open it to a network only behind TLS.',
  },
  mqttPort: { type: 'port', default: 1883, meaning: 'Port of MQTT; 0 takes any free port.' },
  allowedOrigins: {
    type: 'list',
    default: [],
    meaning:
      'Origins, beside its own, from which a browser may open the desk, e.g. https://desk.example.org.',
  },
  trustProxy: {
    type: 'choice',
    choices: ['no', 'yes'],
    default: 'no',
    meaning: 'Believe X-Forwarded-For and X-Forwarded-Proto; only behind your own reverse proxy.',
  },
  journal: {
    type: 'choice',
    choices: ['sqlite', 'memory'],
    default: 'sqlite',
    meaning: 'Where the log is kept. `memory` forgets everything at the end: for trials only.',
  },
  clock: {
    type: 'choice',
    choices: ['live', 'recording'],
    default: 'live',
    meaning: 'Time of the log. `recording` follows the replay of a recorded home and takes no live gateway.',
  },
  logRetentionDays: {
    type: 'integer',
    default: 90,
    min: 1,
    max: 3650,
    meaning: 'Days for which the log is kept for back-tests, beyond what recovery needs.',
  },
  logDiskMb: {
    type: 'integer',
    default: 20_480,
    min: 100,
    max: 10_000_000,
    meaning:
      'Disk for the log, MB. Beyond it old entries go before their time, then telemetry not stored yet; alarms never.',
  },
  telemetryStore: {
    type: 'choice',
    choices: ['sqlite', 'influxdb-1', 'influxdb-2', 'influxdb-3', 'victoria-metrics', 'none'],
    default: 'sqlite',
    meaning:
      'Where readings are kept for charts and export; alarms never wait for it. `sqlite`: in the data folder.',
  },
  influxUrl: {
    type: 'text',
    default: 'http://127.0.0.1:8086',
    meaning: 'Address of InfluxDB or VictoriaMetrics, without login.',
  },
  influxToken: {
    type: 'text',
    default: '',
    isSecret: true,
    meaning: 'Token for InfluxDB 2 and 3.',
  },
  influxOrg: { type: 'text', default: '', meaning: 'Organization in InfluxDB 2.' },
  influxBucket: {
    type: 'text',
    default: 'shouwang',
    meaning: 'Bucket in InfluxDB 2, database in InfluxDB 1 and 3; it has to exist.',
  },
  influxUser: { type: 'text', default: '', meaning: 'User for InfluxDB 1, when it asks for one.' },
  influxPassword: {
    type: 'text',
    default: '',
    isSecret: true,
    meaning: 'Password of that user.',
  },
  telemetryEmergencyDays: days(1_095, 'presses, falls, smoke, gas, water leaks'),
  telemetryActivityDays: days(400, 'motion, doors, bed, chair, flush, appliances'),
  telemetryVitalDays: days(400, 'pulse, oxygen, breathing, blood pressure, steps'),
  telemetryEnvironmentDays: days(400, 'temperature, humidity, water, power'),
  telemetryDeviceDays: days(180, 'battery, signal, tamper, mains, online'),
  telemetryPlaceDays: days(30, 'location'),
  telemetryOtherDays: days(90, 'kinds that are not in the native format'),
  logLevel: {
    type: 'choice',
    choices: ['error', 'warn', 'info', 'debug', 'silent'],
    default: 'info',
    meaning: 'How much the service says on standard error.',
  },
  adminPassword: {
    type: 'text',
    default: '',
    isSecret: true,
    meaning:
      'Password of the administrator that the first start creates; empty: one is made and printed once.',
  },
  readyJson: {
    type: 'choice',
    choices: ['no', 'yes'],
    default: 'no',
    meaning: 'Print one JSON line with the addresses when ready, for programs that start the service.',
  },
} as const satisfies Record<string, Option>;

type Value<O extends Option> = O extends { type: 'port' | 'integer' }
  ? number
  : O extends { type: 'list' }
    ? readonly string[]
    : O extends { type: 'choice'; choices: infer C extends readonly string[] }
      ? C[number]
      : string;

export type Config = { readonly [K in keyof typeof OPTIONS]: Value<(typeof OPTIONS)[K]> };
export type OptionName = keyof typeof OPTIONS;
export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

/** `dataDir` → `SHOUWANG_DATA_DIR`. */
export function environmentName(name: string): string {
  return `SHOUWANG_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** `dataDir` → `--data-dir`. */
export function flagName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

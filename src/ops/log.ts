// The one logger. Logs carry ids only: fields that could hold a name, a telephone number, an address, a
// reading or a secret are blanked here, so that a careless log line elsewhere does not put an elder's life on
// disk. A level is a promise: error = a person must act now; warn < 10 a day; info < 100 an hour (style 6.8).

import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Default: standard error, so that what the service answers on standard output stays clean. */
  readonly destination?: DestinationStream;
}

/** Fields that are never written, at the top of a line or up to two objects deep. */
const HIDDEN_FIELDS = [
  ...[
    'name',
    'elderName',
    'maskedElderName',
    'phone',
    'address',
    'maskedAddress',
    'access',
    'contacts',
    'elders',
  ],
  ...['conditions', 'allergies', 'risks', 'birthYear', 'keySafe', 'doorCode', 'keyholder', 'availability'],
  ...['value', 'payload', 'body', 'note', 'notes', 'text'],
  ...['password', 'secret', 'secretHashes', 'sessionId', 'cookie', 'authorization', 'set-cookie'],
] as const;

function redactedPaths(): string[] {
  return HIDDEN_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]);
}

export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    // Host name and pid say nothing in one process and differ between runs of a test.
    base: null,
    // pino knows errors only under `err`; a log line without the stack helps nobody at night.
    serializers: { error: pino.stdSerializers.err },
    redact: { paths: redactedPaths(), censor: '[hidden]' },
  };
  return pino(settings, options.destination ?? pino.destination(2));
}

// What the routes work with: ports, and nothing of Fastify. Given once, by `createApi`.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { AlertKind, Priority } from '#core/model/alert.ts';
import type { RuleSettings } from '#core/model/home.ts';
import type { EventLog } from '#journal/journal.ts';
import type { AlertStore } from '#push/alert-store.ts';
import type { DeskHub } from '#push/hub.ts';
import type { Registry } from '#registry/registry.ts';
import type { Backtests } from '#runtime/backtest/backtests.ts';
import type { Runtime } from '#runtime/runtime.ts';
import type { Telemetry } from '#telemetry/telemetry.ts';
import type { SchemaTypes } from './schemas/fields.ts';

export type ApiServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  SchemaTypes
>;

/** A rule as the API tells it; the core's list of rules fits. */
export interface RuleDescription {
  readonly id: string;
  readonly title: string;
  readonly alertKinds: readonly AlertKind[];
  readonly priority: Priority;
  readonly parameters: Readonly<Record<string, RuleParameterDescription>>;
}

/** A named pack of rule settings; the core's list of profiles fits. */
export interface ProfileDescription {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly rules: RuleSettings;
}

export interface RuleParameterDescription {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly meaning: string;
  readonly source: string;
}

export interface ApiOptions {
  /** Length of a session, ms: a shift and its hand-over. */
  readonly sessionTtlMs: number;
  /** True behind a reverse proxy: the caller's address and https come from `X-Forwarded-*`. */
  readonly trustProxy: boolean;
  /** Is each part able to work? All true: ready. */
  readonly readiness: () => Promise<Readonly<Record<string, boolean>>>;
  /** What lags behind without being in the way of an alarm. */
  readonly degraded?: () => readonly string[];
  /** Refused frames by reason since the start. */
  readonly refusedCounters: () => Readonly<Record<string, number>>;
}

export interface ApiParts {
  readonly registry: Registry;
  readonly runtime: Runtime;
  readonly log: Pick<EventLog, 'refused'>;
  readonly alerts: AlertStore;
  readonly hub: Pick<DeskHub, 'dropSession'>;
  readonly rules: readonly RuleDescription[];
  readonly profiles: readonly ProfileDescription[];
  readonly backtests: Backtests;
  /** Null: the service keeps no telemetry. */
  readonly telemetry: Telemetry | null;
  readonly logger: FastifyBaseLogger;
  readonly options: ApiOptions;
}

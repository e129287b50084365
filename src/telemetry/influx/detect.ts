// What really answers behind the configured address. VictoriaMetrics names itself InfluxDB 1.8 and answers InfluxQL
// with HTTP 200 and databases that do not exist, so it is looked for first. A server that is there but is not what the
// configuration says is an error of configuration: the service must not start with it.

import { TelemetryConfigurationError } from '../telemetry-store.ts';
import { type Reply, type ServerLink, unavailable } from './link.ts';

export const SERVER_KINDS = ['influxdb-1', 'influxdb-2', 'influxdb-3', 'victoria-metrics'] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

export interface Detected {
  readonly kind: ServerKind;
  /** "InfluxDB 1.6.7", "VictoriaMetrics 1.79.5". */
  readonly product: string;
  /** What an operator should know about this very server; '' when nothing. */
  readonly note: string;
}

/** Rejects with `TelemetryUnavailableError` (nobody there) or `TelemetryConfigurationError` (someone else there). */
export async function detect(link: ServerLink, expected: ServerKind): Promise<Detected> {
  const detected = (await victoriaMetrics(link)) ?? (await influxDb(link));
  if (detected === null) {
    throw new TelemetryConfigurationError(`${link.address} is neither InfluxDB nor VictoriaMetrics`);
  }
  if (detected.kind !== expected) {
    const message = `${link.address} is ${detected.product}, but is configured as ${expected}`;
    throw new TelemetryConfigurationError(`${message}; it would have to be ${detected.kind}`);
  }
  return expected === 'victoria-metrics' ? { ...detected, note: await noteOfFlags(link) } : detected;
}

async function victoriaMetrics(link: ServerLink): Promise<Detected | null> {
  const reply = usable(link, await link.ask({ path: '/api/v1/status/buildinfo' }));
  if (reply.status !== 200 || !/^\s*\{\s*"status"\s*:\s*"success"/.test(reply.text)) return null;
  const metrics = await link.ask({ path: '/metrics' });
  const version = /vm_app_version\{[^}]*short_version="v?([^"]*)"/.exec(metrics.text)?.[1] ?? '';
  return { kind: 'victoria-metrics', product: `VictoriaMetrics ${version || '(version unknown)'}`, note: '' };
}

/**
 * Without de-duplication a batch written again counts twice, and with a wider one readings disappear: only 1 ms fits.
 * Its default of one month of retention silently drops what is older.
 */
async function noteOfFlags(link: ServerLink): Promise<string> {
  const { status, text } = await link.ask({ path: '/flags' });
  if (status !== 200) return 'its flags cannot be read: it needs -dedup.minScrapeInterval=1ms';
  const flag = (name: string): string => new RegExp(`^-${name}="([^"]*)"`, 'm').exec(text)?.[1] ?? '';
  const interval = flag('dedup\\.minScrapeInterval');
  if (!/^(1ms|0?\.001s)$/.test(interval)) {
    const message = `VictoriaMetrics at ${link.address} must be started with -dedup.minScrapeInterval=1ms`;
    throw new TelemetryConfigurationError(`${message} (it is ${interval || 'not set'})`);
  }
  const retention = flag('retentionPeriod');
  const period = /^\d+$/.test(retention) ? `${retention} months` : retention;
  return `drops what is older than its -retentionPeriod (${period})`;
}

async function influxDb(link: ServerLink): Promise<Detected | null> {
  const reply = usable(link, await link.ask({ path: '/ping' }));
  const version = reply.headers['x-influxdb-version'];
  if (typeof version !== 'string') return null;
  const [, major] = /^v?([123])\./.exec(version) ?? [];
  if (major === undefined) return null;
  return {
    kind: `influxdb-${major as '1' | '2' | '3'}`,
    product: `InfluxDB ${version.replace(/^v/, '')}`,
    note: '',
  };
}

/** An answer that says what is there. A 404 does too. */
function usable(link: ServerLink, reply: Reply): Reply {
  if (reply.status === 401 || reply.status === 403) {
    throw unavailable(link.address, reply, 'the token or the login is not accepted');
  }
  if (reply.status === 429 || reply.status >= 500) throw unavailable(link.address, reply, '');
  return reply;
}

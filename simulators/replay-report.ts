// What came of a replay: the alerts the service raised, in the home's local time, and a count per rule.

import type { Alert } from '#core/model/alert.ts';
import type { ApiClient } from './api-client.ts';
import { HomeZone } from './home-zone.ts';
import type { ReplayCounts } from './replay-publisher.ts';

export interface ReplayReport {
  readonly home: string;
  readonly timezone: string;
  readonly events: number;
  readonly heartbeats: number;
  readonly firstLocal: string;
  readonly lastLocal: string;
  readonly alerts: readonly AlertLine[];
  /** Alerts per rule, most first. */
  readonly perRule: Readonly<Record<string, number>>;
}

export interface AlertLine {
  readonly id: string;
  readonly rule: string;
  readonly kind: string;
  readonly code: string;
  readonly priority: number;
  readonly room: string | null;
  readonly deviceId: string | null;
  readonly raisedLocal: string;
  readonly clearedLocal: string | null;
  readonly closedLocal: string | null;
  /** `open`, `cleared` (condition gone, waits for a person), or how it was closed. */
  readonly ended: string;
  readonly causeCount: number;
}

/** All alerts of the home, oldest first. */
export async function collectAlerts(api: ApiClient, homeId: string): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for await (const alert of api.all<Alert>(`/alerts?home=${encodeURIComponent(homeId)}`)) alerts.push(alert);
  return alerts.sort((a, b) => a.raisedAtMs - b.raisedAtMs || a.id.localeCompare(b.id));
}

export function buildReport(
  home: { readonly name: string; readonly timezone: string },
  counts: ReplayCounts,
  alerts: readonly Alert[],
): ReplayReport {
  const zone = new HomeZone(home.timezone);
  const perRule = Map.groupBy(alerts, ({ rule }) => rule);
  return {
    home: home.name,
    timezone: home.timezone,
    events: counts.events,
    heartbeats: counts.heartbeats,
    firstLocal: zone.show(counts.firstAtMs),
    lastLocal: zone.show(counts.lastAtMs),
    alerts: alerts.map((alert) => alertLine(alert, zone)),
    perRule: Object.fromEntries(
      [...perRule].map(([rule, found]) => [rule, found.length] as const).sort((a, b) => b[1] - a[1]),
    ),
  };
}

function alertLine(alert: Alert, zone: HomeZone): AlertLine {
  const show = (atMs: number | null): string | null => (atMs === null ? null : zone.show(atMs));
  return {
    id: alert.id,
    rule: alert.rule,
    kind: alert.kind,
    code: alert.explanation.code,
    priority: alert.priority,
    room: alert.room,
    deviceId: alert.deviceId,
    raisedLocal: zone.show(alert.raisedAtMs),
    clearedLocal: show(alert.clearedAtMs),
    closedLocal: show(alert.closedAtMs),
    ended: endOf(alert),
    causeCount: alert.causeCount,
  };
}

function endOf(alert: Alert): string {
  if (alert.handling === 'closed') {
    const outcome = alert.outcome === null ? 'closed' : `${alert.outcome.code}/${alert.outcome.detail}`;
    return `closed ${outcome} by ${alert.closedBy ?? 'the core'}`;
  }
  return alert.condition === 'cleared' ? 'cleared, waits for a person' : 'open';
}

/** As text, for people. */
export function showReport(report: ReplayReport): string {
  const head = [
    `${report.home} (${report.timezone}): ${report.events} events and ${report.heartbeats} heartbeats,`,
    `  ${report.firstLocal} to ${report.lastLocal} local time`,
    `${report.alerts.length} alerts`,
  ];
  const lines = report.alerts.map((alert) => {
    const place = alert.deviceId ?? alert.room ?? '';
    const until = alert.closedLocal ?? alert.clearedLocal;
    const end = until === null ? alert.ended : `${alert.ended}, ${until}`;
    return `  ${alert.raisedLocal}  P${alert.priority}  ${alert.code.padEnd(18)} ${place.padEnd(16)} ${end}`;
  });
  const totals = Object.entries(report.perRule).map(
    ([rule, count]) => `  ${String(count).padStart(5)}  ${rule}`,
  );
  return [...head, ...lines, ...(totals.length > 0 ? ['per rule:', ...totals] : [])].join('\n');
}

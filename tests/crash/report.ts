// The report of a run as a table for people.

import type { CrashReport } from './crash-run.ts';
import type { Percentiles } from './timings.ts';

export function tableOf(report: CrashReport): string {
  const { audit, kills, screen, timings } = report;
  const rows: readonly (readonly [string, string])[] = [
    ['seed', String(report.seed)],
    [
      'kills',
      `${kills.total} (${kills.running} running, ${kills.starting} starting, ${kills.stopping} stopping)`,
    ],
    ['stops in good order, audits', `${report.cleanStops}, ${report.audits}`],
    ['readings sent', `${audit.sent} (${report.resent} sent again)`],
    ['acknowledged', String(audit.acked)],
    ['stored', String(audit.stored)],
    ['missing', String(audit.missing)],
    ['duplicate', String(audit.duplicate)],
    ['presses stored', String(audit.presses)],
    ['alerts', String(audit.alerts)],
    ['missing alerts', String(audit.missingAlerts)],
    ['doubled alerts', String(audit.doubledAlerts)],
    ['orders', `${audit.orders} (${audit.confirmed} ok, ${audit.refused} refused, ${audit.unknown} unknown)`],
    ['asked again after no answer', String(audit.askedAgain)],
    ['notes', `${audit.notes} (${audit.missingNotes} missing, ${audit.doubledNotes} doubled)`],
    ['screen', `${screen.shown} changes, ${screen.connections} connections, ${screen.snapshots} snapshots`],
    ['log entries, effects equal to a replay', `${audit.entries}, ${audit.effects}`],
    ['spawn → ready, ms', percentilesOf(timings.spawnToReadyMs)],
    ['own recovery, ms', percentilesOf(timings.ownRecoveryMs)],
    ['entries replayed', percentilesOf(timings.replayedEntries)],
    ['kill → first acknowledgement, ms', percentilesOf(timings.outageMs)],
    ...Object.entries(report.troubles).map(([text, count]) => [`${count} × service says`, text] as const),
    ['violations', String(report.violations.length)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  const kept = report.folder === null ? [] : [`kept for inspection: ${report.folder}`];
  return [...lines, ...report.violations.map((text) => `  - ${text}`), ...kept].join('\n');
}

function percentilesOf({ p50, p99, max, count }: Percentiles): string {
  const [a, b, c] = [p50, p99, max].map((value) => Math.round(value));
  return `p50 ${a}, p99 ${b}, max ${c} (${count})`;
}

// When nobody could have told what happened in a home, and why (promise P4): gateways offline, our own outages, what is
// not stored or not yet, and of each sensor the time before it was first heard of and the time it was silent for longer
// than its supervision allows. Errs towards "unseen": a quiet cell must mean that somebody looked. Pure.

import { SUPERVISION_WINDOWS_MS } from '#core/model/home.ts';
import type { DeviceRecord } from '#registry/registry.ts';
import type { ActivityQuery, HomeActivity } from '#telemetry/telemetry.ts';

export const UNSEEN_REASONS = [
  'gateway-offline',
  'sensor-silent',
  'not-heard-before',
  'service-down',
  'not-stored',
  'not-yet-written',
] as const;
export type UnseenReason = (typeof UNSEEN_REASONS)[number];

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Both ids null: nothing of the home was seen. */
export interface Unseen extends Span {
  readonly reason: UnseenReason;
  readonly gatewayId: string | null;
  /** Null: everything behind the gateway. */
  readonly deviceId: string | null;
}

/** A device that can tell of a person. */
export interface Sensor extends Pick<DeviceRecord, 'gatewayId' | 'deviceId' | 'supervision'> {
  /** Since when the core calls it silent or lost; null: it does not. */
  readonly silentSinceMs: number | null;
}

/** In the order of their begin. */
export function unseenOf(query: ActivityQuery, activity: HomeActivity, sensors: readonly Sensor[]): Unseen[] {
  const named = (
    spans: readonly Span[],
    reason: UnseenReason,
    { gatewayId = null, deviceId = null }: { gatewayId?: string | null; deviceId?: string | null } = {},
  ): Unseen[] => spans.map(({ fromMs, toMs }) => ({ fromMs, toMs, reason, gatewayId, deviceId }));
  const { writtenUntilMs } = activity;
  const shared = [
    ...activity.gatewaysOffline.flatMap(({ gatewayId, spans }) =>
      named(spans, 'gateway-offline', { gatewayId }),
    ),
    ...named(activity.outages, 'service-down'),
    ...named(activity.gaps, 'not-stored'),
    ...named([{ fromMs: writtenUntilMs, toMs: query.toMs }], 'not-yet-written'),
  ].sort(byBegin);
  const own = sensors.flatMap((sensor) => {
    const firstAtMs = heardBy(activity, sensor)?.firstAtMs ?? query.toMs;
    return [
      ...named([{ fromMs: 0, toMs: firstAtMs }], 'not-heard-before', sensor),
      ...named(silencesOf(query, activity, sensor, shared), 'sensor-silent', sensor),
    ];
  });
  return [...shared, ...own]
    .map((span) => ({
      ...span,
      fromMs: Math.max(span.fromMs, query.fromMs),
      toMs: Math.min(span.toMs, query.toMs),
    }))
    .filter((span) => span.fromMs < span.toMs)
    .sort(byBegin);
}

const byBegin = (a: Span, b: Span): number => a.fromMs - b.fromMs;

function heardBy({ devicesHeard }: HomeActivity, { gatewayId, deviceId }: Sensor) {
  return devicesHeard.find((heard) => heard.gatewayId === gatewayId && heard.deviceId === deviceId);
}

/** What the gateway or the core says of it, and every pause longer than its supervision window that is its own. */
function silencesOf(
  { toMs }: ActivityQuery,
  activity: HomeActivity,
  sensor: Sensor,
  shared: readonly Unseen[],
): Span[] {
  const { gatewayId, deviceId, supervision, silentSinceMs } = sensor;
  const lost = activity.devicesLost.find((one) => one.gatewayId === gatewayId && one.deviceId === deviceId);
  const said = lost?.spans ?? [];
  const known = silentSinceMs === null ? [] : [{ fromMs: silentSinceMs, toMs }];
  const excuses = shared.filter((span) => span.gatewayId === null || span.gatewayId === gatewayId);
  const pauses = pausesOf(activity, sensor, toMs).filter(
    (pause) => pause.toMs - pause.fromMs - coveredMs(pause, excuses) > SUPERVISION_WINDOWS_MS[supervision],
  );
  return joined([...said, ...known, ...pauses]);
}

/** Between the readings of a sensor, from its first to what is written. */
function pausesOf(activity: HomeActivity, sensor: Sensor, toMs: number): Span[] {
  const heard = heardBy(activity, sensor);
  if (heard === undefined) return [];
  const pauses: Span[] = [];
  let sinceMs = heard.firstAtMs;
  for (const span of heard.spans) {
    if (span.fromMs > sinceMs) pauses.push({ fromMs: sinceMs, toMs: span.fromMs });
    sinceMs = Math.max(sinceMs, span.toMs);
  }
  const untilMs = Math.min(toMs, activity.writtenUntilMs);
  return untilMs > sinceMs ? [...pauses, { fromMs: sinceMs, toMs: untilMs }] : pauses;
}

/** The same time, told once. */
function joined(spans: readonly Span[]): Span[] {
  const result: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of spans.toSorted(byBegin)) {
    const before = result.at(-1);
    if (before !== undefined && fromMs <= before.toMs) before.toMs = Math.max(before.toMs, toMs);
    else result.push({ fromMs, toMs });
  }
  return result;
}

/** How much of `whole` the spans cover together; they may overlap, and are in the order of their begin. */
export function coveredMs(whole: Span, spans: readonly Span[]): number {
  let covered = 0;
  let untilMs = whole.fromMs;
  for (const { fromMs, toMs } of spans) {
    if (fromMs >= whole.toMs) break;
    const beginMs = Math.max(fromMs, untilMs);
    const endMs = Math.min(toMs, whole.toMs);
    if (endMs <= beginMs) continue;
    covered += endMs - beginMs;
    untilMs = endMs;
  }
  return covered;
}

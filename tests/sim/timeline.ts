// The story behind a violation, for a person: what was true of that home, what the log was told of it, and what the
// service said, in the order of time, up to the moment of the violation.

import type { Entry } from '#core/model/entry.ts';
import type { Recorded } from './simulation.ts';
import type { Violation } from './verdict.ts';

/** Enough to see the last hours of a quiet home. */
const LINES = 40;
const LOOK_BACK_MS = 24 * 3_600_000;

export function timelineOf(
  { disk, truth, effects, fromMs }: Recorded,
  { homeId, atMs }: Violation,
): string[] {
  const facts = truth.homes.find((home) => home.homeId === homeId);
  if (facts === undefined) return [];
  const lines: [number, string][] = [];
  const near = (lineAtMs: number): boolean => lineAtMs >= atMs - LOOK_BACK_MS && lineAtMs <= atMs + 60_000;
  const say = (lineAtMs: number, text: string): void => {
    if (near(lineAtMs)) lines.push([lineAtMs, text]);
  };
  for (const { fromMs: from, untilMs, why } of truth.outages)
    say(from, `truth: service ${why} until ${show(untilMs)}`);
  for (const { fromMs: from, untilMs } of facts.cuts) say(from, `truth: link cut until ${show(untilMs)}`);
  for (const { fromMs: from, untilMs, declaredAtMs } of facts.trips)
    say(from, `truth: out until ${show(untilMs)}, ${declaredAtMs === null ? 'nobody was told' : 'declared'}`);
  for (const { atMs: when, deviceId } of facts.deaths) say(when, `truth: ${deviceId} dies`);
  if (facts.collapse !== null) say(facts.collapse.atMs, `truth: collapse in the ${facts.collapse.room}`);
  for (let offset = 1; offset <= disk.texts.length; offset++) {
    if (!near(disk.timesMs[offset - 1]!)) continue;
    const text = wordsOf(disk.entry(offset), facts.gateway);
    if (text !== null) say(disk.timesMs[offset - 1]!, text);
  }
  for (const effect of effects) {
    if (effect.type !== 'alert' || effect.alert.homeId !== homeId) continue;
    say(effect.atMs, `=> ${effect.change} ${effect.alert.id} (${effect.alert.explanation.code})`);
  }
  lines.sort(([a], [b]) => a - b);
  return [`from ${show(fromMs)}`, ...lines.slice(-LINES).map(([when, text]) => `${show(when)} ${text}`)];
}

function wordsOf({ offset, body }: Entry, gateway: number): string | null {
  if (body.type === 'resumed') return `${offset} resumed, blind since ${show(body.fromMs)}`;
  if (body.type === 'gateway-link' && body.gateway === gateway)
    return `${offset} gateway ${body.online ? 'online' : 'offline'} (${body.reason})`;
  if (body.type !== 'observation' || body.gateway !== gateway) return null;
  const kept = body.isBuffered ? ' buffered' : '';
  return `${offset} ${body.deviceId} ${body.kind}=${String(body.value)} measured ${show(body.measuredAtMs)}${kept}`;
}

function show(atMs: number): string {
  return new Date(atMs).toISOString().slice(5, 23).replace('T', ' ');
}

// Arithmetic of time spans for the auditor: which time nobody could see, and when a clock that stands meanwhile rings.

import type { Span } from './truth.ts';

/** The union, in order, without overlaps. */
export function union(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const { fromMs, untilMs } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last !== undefined && fromMs <= last.untilMs) last.untilMs = Math.max(last.untilMs, untilMs);
    else merged.push({ fromMs, untilMs });
  }
  return merged;
}

/** How much of [fromMs, untilMs) lies in `merged`. */
export function overlapMs(merged: readonly Span[], fromMs: number, untilMs: number): number {
  let sum = 0;
  for (const span of merged)
    sum += Math.max(0, Math.min(span.untilMs, untilMs) - Math.max(span.fromMs, fromMs));
  return sum;
}

/** When `lengthMs` have passed since `fromMs`, not counting what lies in `merged`. */
export function afterCounting(merged: readonly Span[], fromMs: number, lengthMs: number): number {
  let atMs = fromMs;
  let leftMs = lengthMs;
  for (const span of merged) {
    if (span.untilMs <= atMs) continue;
    const openMs = Math.max(0, span.fromMs - atMs);
    if (openMs >= leftMs) break;
    leftMs -= openMs;
    atMs = span.untilMs;
  }
  return atMs + leftMs;
}

/** When `lengthMs` have passed in one piece: whatever in `merged` comes between starts the count again. */
export function afterUnbroken(merged: readonly Span[], fromMs: number, lengthMs: number): number {
  let atMs = fromMs;
  for (const span of merged) {
    if (span.untilMs <= atMs) continue;
    if (span.fromMs >= atMs + lengthMs) break;
    atMs = span.untilMs;
  }
  return atMs + lengthMs;
}

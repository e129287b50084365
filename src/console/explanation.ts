// Says in words why an alert was raised: a sentence for its explanation code, and its figures as named facts.
// Parameters are formatted by their names (`…AtMs` instant, other `…Ms` duration, `…Pct` percent, `…Minute` time of
// day), so a new rule needs words in the dictionaries and no code here. Unknown codes and parameters are shown raw,
// never hidden.

import type { Explanation } from '#core/model/alert.ts';
import { ago, clockTime, duration, hasWord, minuteOfDay, percent, t, word } from './language.ts';

type Value = Explanation['params'][string];

export interface Fact {
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

export function explainInWords(explanation: Explanation, nowMs: number): string {
  const key = `explain.${explanation.code}`;
  if (!hasWord(key)) return t('explain.unknown', { code: explanation.code });
  const words: Record<string, string> = {};
  for (const [name, value] of Object.entries(explanation.params))
    words[name] = formatValue(name, value, nowMs);
  return t(key, words);
}

export function factsOf(explanation: Explanation, nowMs: number): Fact[] {
  const facts: Fact[] = [];
  for (const [name, value] of Object.entries(explanation.params)) {
    if (name === 'lateByMs' && value === 0) continue;
    const key = `fact.${name}`;
    facts.push({ name, label: hasWord(key) ? t(key) : name, value: formatFact(name, value, nowMs) });
  }
  return facts;
}

function formatFact(name: string, value: Value, nowMs: number): string {
  if (isInstant(name) && typeof value === 'number') {
    return `${clockTime(value, nowMs)} (${ago(value, nowMs)})`;
  }
  return formatValue(name, value, nowMs);
}

function formatValue(name: string, value: Value, nowMs: number): string {
  if (value === null) return t('value.none');
  if (typeof value === 'boolean') return t(value ? 'value.yes' : 'value.no');
  if (typeof value === 'string') return formatCode(name, value);
  if (isInstant(name)) return clockTime(value, nowMs);
  if (name.endsWith('Ms')) return duration(value);
  if (name.endsWith('Pct')) return percent(value / 100);
  if (name.endsWith('Minute')) return minuteOfDay(value);
  if (name === 'coverage') return percent(value);
  return String(value);
}

function formatCode(name: string, value: string): string {
  if (name === 'room' || name === 'lastRoom') return word('room', value);
  if (name === 'kind' || name === 'lastKind' || name === 'vital') return word('device', value);
  if (name === 'measure') return word('measure', value);
  return value;
}

/** `sinceMs` is the instant a state began (contract); every other `…Ms` without `At` is a duration. */
function isInstant(name: string): boolean {
  return name.endsWith('AtMs') || name === 'sinceMs';
}

// Goal: docs/native-format.md says what the code does: every kind with its range, every reason, and no other.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NUMERIC_RANGES } from '#codecs/native-values.ts';
import { NESTING_MAX } from '#codecs/text.ts';
import { LIMITS } from '#config/limits.ts';
import { EMERGENCY_KINDS, KINDS } from '#core/model/kinds.ts';
import { WEAK_IDENTITY_MS } from '#ingest/admission.ts';
import { GATEWAY_RATE } from '#ingest/pacer.ts';
import { REFUSALS } from '#ingest/refusals.ts';

const text = readFileSync(new URL('../../../docs/native-format.md', import.meta.url), 'utf8');

/** First and second cell of the rows of the table under a heading. */
function rows(document: string, heading: string): readonly (readonly [string, string, string])[] {
  const section = document.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \| (.*?) \| ?(.*?) ?\|?$/gm)].map((row) => [
    row[1]!,
    row[2]!,
    row[3]!,
  ]);
}

const names = (document: string, heading: string) =>
  rows(document, heading)
    .map(([name]) => name)
    .toSorted();

test('every kind is in the document, and no other', () => {
  expect(names(text, 'Kinds')).toEqual([...KINDS].toSorted());
});

test('every reason is in the document, and no other', () => {
  expect(names(text, 'Reasons')).toEqual([...REFUSALS].toSorted());
});

test('ranges and emergencies are those of the code', () => {
  for (const [kind, value, meaning] of rows(text, 'Kinds')) {
    const range = NUMERIC_RANGES[kind as keyof typeof NUMERIC_RANGES];
    if (range !== undefined) expect(value, kind).toBe(`${range.min} to ${range.max}`);
    expect(meaning.includes('**Emergency**'), kind).toBe(
      (EMERGENCY_KINDS as readonly string[]).includes(kind),
    );
  }
});

test('limits are those of the code', () => {
  expect(text).toContain(
    `${GATEWAY_RATE.perSecond} observations/s, ${GATEWAY_RATE.burst.toLocaleString('en')} at once`,
  );
  expect(text).toContain(`frame | ${LIMITS.frameBytes / 1024} kB; CONNECT ${LIMITS.connectBytes / 1024} kB`);
  expect(text).toContain(`observations in one frame | ${LIMITS.observationsPerFrame};`);
  expect(text).toContain(`a resend for ${WEAK_IDENTITY_MS / 60_000} minutes only`);
  expect(text).toContain(`nest more than ${NESTING_MAX} deep`);
});

test('the check sees a missing row', () => {
  expect(names(text.replace('| `motion` |', '| motion |'), 'Kinds')).not.toContain('motion');
  expect(names(text.replace('| `retained` |', '| `retain` |'), 'Reasons')).toContain('retain');
});

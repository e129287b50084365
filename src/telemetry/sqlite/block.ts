// Readings of one series, packed: times and offsets as differences of differences, then the values in the smallest of
// four forms. A reading every five minutes with two decimals takes 4 to 8 bytes instead of the 40 of a row.

import type { ReadingValue } from '../telemetry-store.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/** Readings of one series, ordered by time and offset, each pair once. */
export interface Column {
  readonly atMs: number[];
  readonly offsets: number[];
  readonly values: ReadingValue[];
}

/** First byte of a block: format version and form of the values. A version we do not know is refused. */
const FORMS = { bits: 0x10, scaled: 0x11, doubles: 0x12, json: 0x13 } as const;

/** 10^0 … 10^3: sensors send up to three decimals. */
const SCALES = [1, 10, 100, 1000] as const;
/** Scaled values stay far below 2^53, so that differences are exact. */
const SCALED_MAX = 2 ** 50;

const writer = new ByteWriter();

export function emptyColumn(): Column {
  return { atMs: [], offsets: [], values: [] };
}

/** `column` from `first` up to `end`, at least one reading. */
export function packBlock({ atMs, offsets, values }: Column, first = 0, end = atMs.length): Uint8Array {
  const part = values.slice(first, end);
  const scale = scaleOf(part);
  const form = formOf(part, scale);
  writer.byte(form);
  writer.unsigned(part.length);
  writeSteps(atMs, first, end);
  writeSteps(offsets, first, end);
  if (form === FORMS.bits) writeBits(part);
  else if (form === FORMS.scaled) writeScaled(part, scale!);
  else if (form === FORMS.doubles) for (const value of part) writer.double(value as number);
  else writer.text(JSON.stringify(part));
  return writer.take();
}

/** Appends to `into`. Throws RangeError when the bytes are no block. */
export function unpackBlock(bytes: Uint8Array, into: Column): void {
  const reader = new ByteReader(bytes);
  const form = reader.byte();
  const count = reader.unsigned();
  readSteps(reader, count, into.atMs);
  readSteps(reader, count, into.offsets);
  if (form === FORMS.bits) readBits(reader, count, into.values);
  else if (form === FORMS.scaled) readScaled(reader, count, into.values);
  else if (form === FORMS.doubles) for (let at = 0; at < count; at++) into.values.push(reader.double());
  else if (form === FORMS.json) for (const value of JSON.parse(reader.text())) into.values.push(value);
  else throw new RangeError(`a block of unknown form ${form}`);
}

function formOf(values: readonly ReadingValue[], scale: number | null): number {
  if (values.every((value) => typeof value === 'boolean')) return FORMS.bits;
  if (scale !== null) return FORMS.scaled;
  return values.every((value) => typeof value === 'number') ? FORMS.doubles : FORMS.json;
}

/** Power of ten that makes whole numbers of all values and gives the same values back; null: there is none. */
function scaleOf(values: readonly ReadingValue[]): number | null {
  let power = 0;
  for (const value of values) {
    if (typeof value !== 'number' || Object.is(value, -0)) return null;
    while (!isExact(value, SCALES[power]!)) if (++power === SCALES.length) return null;
  }
  const scale = SCALES[power]!;
  // A later value may have needed a finer scale, at which an earlier one is not exact.
  return values.every((value) => isExact(value as number, scale)) ? scale : null;
}

function isExact(value: number, scale: number): boolean {
  const scaled = Math.round(value * scale);
  return Math.abs(scaled) < SCALED_MAX && scaled / scale === value;
}

function writeSteps(numbers: readonly number[], first: number, end: number): void {
  let previous = 0;
  let step = 0;
  for (let at = first; at < end; at++) {
    const nextStep = numbers[at]! - previous;
    writer.signed(nextStep - step);
    previous = numbers[at]!;
    // The first number is no step: what follows it is not predicted by it.
    step = at === first ? 0 : nextStep;
  }
}

function readSteps(reader: ByteReader, count: number, into: number[]): void {
  let previous = 0;
  let step = 0;
  for (let at = 0; at < count; at++) {
    const nextStep = reader.signed() + step;
    previous += nextStep;
    into.push(previous);
    step = at === 0 ? 0 : nextStep;
  }
}

function writeBits(values: readonly ReadingValue[]): void {
  for (let at = 0; at < values.length; at += 8) {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) if (values[at + bit] === true) byte |= 1 << bit;
    writer.byte(byte);
  }
}

function readBits(reader: ByteReader, count: number, into: ReadingValue[]): void {
  let byte = 0;
  for (let at = 0; at < count; at++) {
    if (at % 8 === 0) byte = reader.byte();
    into.push(((byte >> (at % 8)) & 1) === 1);
  }
}

function writeScaled(values: readonly ReadingValue[], scale: number): void {
  writer.byte(SCALES.indexOf(scale as (typeof SCALES)[number]));
  let previous = 0;
  for (const value of values) {
    const scaled = Math.round((value as number) * scale);
    writer.signed(scaled - previous);
    previous = scaled;
  }
}

function readScaled(reader: ByteReader, count: number, into: ReadingValue[]): void {
  const scale = SCALES[reader.byte()];
  if (scale === undefined) throw new RangeError('a block of unknown scale');
  let previous = 0;
  for (let at = 0; at < count; at++) {
    previous += reader.signed();
    into.push(previous / scale);
  }
}

/** In order and each (time, offset) once, of the later block when two have it. Most columns are that already. */
export function inOrder(column: Column): Column {
  const { atMs, offsets, values } = column;
  const isOrdered = atMs.every(
    (at, i) => i === 0 || at > atMs[i - 1]! || (at === atMs[i - 1] && offsets[i]! > offsets[i - 1]!),
  );
  if (isOrdered) return column;
  const order = Array.from(atMs, (_, i) => i).sort(
    (a, b) => atMs[a]! - atMs[b]! || offsets[a]! - offsets[b]! || a - b,
  );
  const ordered = emptyColumn();
  for (const [place, i] of order.entries()) {
    const next = order[place + 1];
    if (next !== undefined && atMs[next] === atMs[i] && offsets[next] === offsets[i]) continue;
    ordered.atMs.push(atMs[i]!);
    ordered.offsets.push(offsets[i]!);
    ordered.values.push(values[i]!);
  }
  return ordered;
}

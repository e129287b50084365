// The body of an entry as text. Readings, which are nearly all of a log, are written as a short JSON array without
// names: a third of the bytes to write, sync and read back. Everything else is plain JSON. Both are JSON, told apart
// by the first character, so rows of schema 1 (always objects) read as before.
// The reading parser takes only what `bodyText` writes for usual values; anything else goes through `JSON.parse`.

import type { EntryBody, ObservationBody } from '#core/model/entry.ts';

/** Flags of a reading, one number. */
const LEVEL = 1;
const DEVICE_TIME = 2;
const BUFFERED = 4;

const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COMMA = 44;
const QUOTE = 34;
const BACKSLASH = 92;
const ZERO = 48;
const NINE = 57;
/** Beyond this many digits a double is no longer exact. */
const DIGITS_MAX = 15;

type ReadingRow = readonly [
  gateway: number,
  device: number | null,
  deviceId: string,
  kind: string,
  value: ObservationBody['value'],
  measuredAtMs: number,
  flags: number,
  eventId: string | null,
  batteryPct: number | null,
];

/** JSON without a line feed. @throws TypeError for what JSON cannot write */
export function bodyText(body: EntryBody): string {
  if (body.type !== 'observation') return JSON.stringify(body);
  const { gateway, device, deviceId, kind, value, measuredAtMs, eventId, batteryPct } = body;
  const flags =
    (body.isLevel ? LEVEL : 0) | (body.isDeviceTime ? DEVICE_TIME : 0) | (body.isBuffered ? BUFFERED : 0);
  const row: ReadingRow = [gateway, device, deviceId, kind, value, measuredAtMs, flags, eventId, batteryPct];
  return JSON.stringify(row);
}

/** @throws SyntaxError */
export function parseBody(text: string): EntryBody {
  if (text.charCodeAt(0) !== OPEN_BRACKET) return JSON.parse(text);
  return scanReading(text) ?? bodyOf(JSON.parse(text));
}

function bodyOf(row: ReadingRow): ObservationBody {
  const [gateway, device, deviceId, kind, value, measuredAtMs, flags, eventId, batteryPct] = row;
  return reading(gateway, device, deviceId, kind, value, measuredAtMs, flags, eventId, batteryPct);
}

/** One place that makes them, with the keys in the order of the ingest: the engine sees one kind of object. */
function reading(
  gateway: number,
  device: number | null,
  deviceId: string,
  kind: string,
  value: ObservationBody['value'],
  measuredAtMs: number,
  flags: number,
  eventId: string | null,
  batteryPct: number | null,
): ObservationBody {
  return {
    type: 'observation',
    gateway,
    device,
    deviceId,
    kind,
    value,
    isLevel: (flags & LEVEL) !== 0,
    measuredAtMs,
    isDeviceTime: (flags & DEVICE_TIME) !== 0,
    eventId,
    batteryPct,
    isBuffered: (flags & BUFFERED) !== 0,
  };
}

/** Where the scanner stands, and whether all so far was what it knows. One at a time: reading is synchronous. */
let text = '';
let at = 0;
let isPlain = true;

/** Null: not in the usual form. A scanner by hand takes a third of the time of `JSON.parse`. */
function scanReading(row: string): ObservationBody | null {
  text = row;
  at = 1;
  isPlain = true;
  const gateway = scanWhole();
  const device = skipComma() ? scanNullableWhole() : null;
  const deviceId = skipComma() ? scanText() : '';
  const kind = skipComma() ? scanText() : '';
  const value = skipComma() ? scanValue() : null;
  const measuredAtMs = skipComma() ? scanWhole() : 0;
  const flags = skipComma() ? scanWhole() : 0;
  const eventId = skipComma() ? scanNullableText() : null;
  const batteryPct = skipComma() ? scanNullableWhole() : null;
  if (!isPlain || text.charCodeAt(at) !== CLOSE_BRACKET || at !== text.length - 1) return null;
  return reading(gateway, device, deviceId, kind, value, measuredAtMs, flags, eventId, batteryPct);
}

function skipComma(): boolean {
  if (text.charCodeAt(at) !== COMMA) isPlain = false;
  at++;
  return isPlain;
}

function scanWhole(): number {
  const start = at;
  let whole = 0;
  let digit = text.charCodeAt(at);
  while (digit >= ZERO && digit <= NINE) {
    whole = whole * 10 + digit - ZERO;
    digit = text.charCodeAt(++at);
  }
  if (at === start || at - start > DIGITS_MAX) isPlain = false;
  return whole;
}

function scanNullableWhole(): number | null {
  return skipWord('null') ? null : scanWhole();
}

function scanNullableText(): string | null {
  return skipWord('null') ? null : scanText();
}

function scanValue(): ObservationBody['value'] {
  if (text.charCodeAt(at) === QUOTE) return scanText();
  if (skipWord('true')) return true;
  if (skipWord('false')) return false;
  return scanNullableWhole();
}

function skipWord(word: string): boolean {
  if (text.charCodeAt(at) !== word.charCodeAt(0) || !text.startsWith(word, at)) return false;
  at += word.length;
  return true;
}

/** A text without escapes. */
function scanText(): string {
  if (text.charCodeAt(at) !== QUOTE) isPlain = false;
  const start = ++at;
  for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(++at)) {
    // NaN: the text has ended.
    if (code === BACKSLASH || Number.isNaN(code)) {
      isPlain = false;
      return '';
    }
  }
  return text.slice(start, at++);
}

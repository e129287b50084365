// Reads the bodies of entries back, many at a time: their texts are joined and looked at as numbers, because looking
// into a string costs V8 twice as much. Readings are scanned by hand, in a small part of the time of `JSON.parse`; the
// scanner takes only what `bodyText` writes for usual values, anything else goes through `JSON.parse`.

import type { EntryBody, ObservationBody } from '#core/model/entry.ts';
import { bodyOfRow, readingOf } from './body-text.ts';

const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COMMA = 44;
const QUOTE = 34;
const BACKSLASH = 92;
const ZERO = 48;
const NINE = 57;
/** First letters of the words of JSON. */
const LETTER_N = 110;
const LETTER_T = 116;
const LETTER_F = 102;
/** Beyond this many digits a double is no longer exact. */
const DIGITS_MAX = 15;

/** Names seen lately: kinds and devices come again and again, and a string that is the same is compared at once. */
const NAMES_MAX = 1_024;
const names: string[] = new Array<string>(NAMES_MAX).fill('');

/** V8 copies a piece of up to 12 characters; a longer one keeps alive all of the text it was cut from. */
const COPIED_LENGTH = 12;

/** @throws SyntaxError */
export function parseBody(text: string): EntryBody {
  return new BodyScanner(text).body(0, text.length);
}

/** @throws SyntaxError */
export function parseBodies(texts: readonly string[]): EntryBody[] {
  const scanner = new BodyScanner(texts.join(''));
  let end = 0;
  return texts.map(({ length }) => {
    end += length;
    return scanner.body(end - length, end);
  });
}

export class BodyScanner {
  readonly #text: string;
  /** The same, as UTF-16 codes. */
  readonly #codes: Uint16Array;
  /** Where it stands, and whether all so far was what it knows. */
  #at = 0;
  #isUsual = true;

  /** `text`: bodies, one after the other. */
  constructor(text: string) {
    this.#text = text;
    const { buffer, byteOffset } = Buffer.from(text, 'utf16le');
    this.#codes = new Uint16Array(buffer, byteOffset, text.length);
  }

  /** The body that stands from `from` to before `to`. @throws SyntaxError */
  body(from: number, to: number): EntryBody {
    if (this.#codes[from] !== OPEN_BRACKET) return JSON.parse(this.#text.slice(from, to));
    return this.#reading(from, to) ?? bodyOfRow(JSON.parse(this.#text.slice(from, to)));
  }

  /** Null: not in the usual form. */
  #reading(from: number, to: number): ObservationBody | null {
    this.#at = from + 1;
    this.#isUsual = true;
    const gateway = this.#whole();
    this.#comma();
    const device = this.#wholeOrNull();
    this.#comma();
    const deviceId = this.#name();
    this.#comma();
    const kind = this.#name();
    this.#comma();
    const value = this.#value();
    this.#comma();
    const measuredAtMs = this.#whole();
    this.#comma();
    const flags = this.#whole();
    this.#comma();
    const eventId = this.#isWord(LETTER_N, 'null') ? null : this.#copy();
    this.#comma();
    const batteryPct = this.#wholeOrNull();
    if (!this.#isUsual || this.#codes[this.#at] !== CLOSE_BRACKET || this.#at !== to - 1) return null;
    return readingOf(gateway, device, deviceId, kind, value, measuredAtMs, flags, eventId, batteryPct);
  }

  #comma(): void {
    if (this.#codes[this.#at++] !== COMMA) this.#isUsual = false;
  }

  #whole(): number {
    const codes = this.#codes;
    const from = this.#at;
    let at = from;
    let whole = 0;
    for (let digit = codes[at]!; digit >= ZERO && digit <= NINE; digit = codes[++at]!)
      whole = whole * 10 + digit - ZERO;
    if (at === from || at - from > DIGITS_MAX) this.#isUsual = false;
    this.#at = at;
    return whole;
  }

  #wholeOrNull(): number | null {
    return this.#isWord(LETTER_N, 'null') ? null : this.#whole();
  }

  #value(): ObservationBody['value'] {
    if (this.#codes[this.#at] === QUOTE) return this.#name();
    if (this.#isWord(LETTER_T, 'true')) return true;
    if (this.#isWord(LETTER_F, 'false')) return false;
    return this.#wholeOrNull();
  }

  #isWord(first: number, word: string): boolean {
    if (this.#codes[this.#at] !== first) return false;
    for (let i = 0; i < word.length; i++)
      if (this.#codes[this.#at + i] !== word.charCodeAt(i)) this.#isUsual = false;
    this.#at += word.length;
    return true;
  }

  /** A text that does not come again. */
  #copy(): string {
    const from = this.#at + 1;
    const to = this.#textEnd();
    return this.#isUsual ? this.#copyOf(from, to) : '';
  }

  #copyOf(from: number, to: number): string {
    let copy = '';
    for (let at = from; at < to; at += COPIED_LENGTH)
      copy += this.#text.slice(at, Math.min(to, at + COPIED_LENGTH));
    return copy;
  }

  /** A text that comes again: mostly the very string of last time. */
  #name(): string {
    const codes = this.#codes;
    const from = this.#at + 1;
    const to = this.#textEnd();
    if (!this.#isUsual) return '';
    const slot = (codes[from]! * 31 + codes[to - 1]! * 7 + to - from) % NAMES_MAX;
    const known = names[slot]!;
    if (known.length === to - from && this.#stands(known, from)) return known;
    const name = this.#copyOf(from, to);
    names[slot] = name;
    return name;
  }

  #stands(word: string, from: number): boolean {
    for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) !== this.#codes[from + i]) return false;
    return true;
  }

  /** Passes over a text without escapes; where it ends. */
  #textEnd(): number {
    const codes = this.#codes;
    if (codes[this.#at] !== QUOTE) this.#isUsual = false;
    let at = this.#at + 1;
    for (let code = codes[at]; code !== QUOTE; code = codes[++at]) {
      // Undefined: the text has ended.
      if (code !== BACKSLASH && code !== undefined) continue;
      this.#isUsual = false;
      break;
    }
    this.#at = at + 1;
    return at;
  }
}

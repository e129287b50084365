// Bytes → text → JSON without surprises: strict UTF-8 first, a nesting cap before the parser, strings cleaned.
// Pure; nothing here throws.

/** Deeper nesting than this is not a reading. Ours needs 3; known vendors' extra blocks stay below 10. */
export const NESTING_MAX = 32;

const strict = new TextDecoder('utf-8', { fatal: true });
const lenient = new TextDecoder('utf-8');

export interface DecodedText {
  readonly text: string;
  /** False: some bytes were no UTF-8 and stand as U+FFFD in `text`. */
  readonly isUtf8: boolean;
}

/** A byte order mark in front is dropped. */
export function decodeText(bytes: Uint8Array): DecodedText {
  try {
    return { text: strict.decode(bytes), isUtf8: true };
  } catch {
    return { text: lenient.decode(bytes), isUtf8: false };
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** True when brackets outside strings nest deeper than `NESTING_MAX`. One pass, before the parser sees the text. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > NESTING_MAX) return true;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  return false;
}

/** Place of the closing quote; the end of the text when there is none. */
function endOfString(text: string, openedAt: number): number {
  let at = text.indexOf('"', openedAt + 1);
  while (at !== -1 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at === -1 ? text.length : at;
}

function isEscaped(text: string, at: number): boolean {
  let backslashCount = 0;
  while (text.charCodeAt(at - 1 - backslashCount) === BACKSLASH) backslashCount++;
  return backslashCount % 2 === 1;
}

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

// What printf makes of an unset float in C firmware. Such a reading is unknown; the press beside it is not.
const NOT_A_NUMBER = /(?<=[:,[]\s*)[+-]?(?:nan|inf(?:inity)?)(?=\s*[,}\]])/gi;

/** JSON, and NaN and Infinity in the place of a number are read as null. */
export function parseJson(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return parseWithoutNaN(text);
  }
}

function parseWithoutNaN(text: string): Parsed {
  const repaired = text.replace(NOT_A_NUMBER, 'null');
  if (repaired === text) return { ok: false };
  try {
    return { ok: true, value: JSON.parse(repaired) };
  } catch {
    return { ok: false };
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be taken out.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: see above.
const SUSPECT = /[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/;

/** Without control characters (NUL ends strings in C, SQL tools and line protocol) and lone surrogates. */
export function cleanText(text: string): string {
  return SUSPECT.test(text) ? text.toWellFormed().replace(CONTROL, '') : text;
}

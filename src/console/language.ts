// Which language the console speaks, and how codes, times and durations become words in it.
// Switching needs no reload: `language` is a signal, so every component that called `t` renders again.

import { signal } from '@preact/signals';

import { en } from './en.ts';
import { type Key, zh } from './zh.ts';

export type Language = 'zh' | 'en';
export type Parameters = Readonly<Record<string, string | number>>;

const DICTIONARIES: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { zh, en };
const LOCALES: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en-GB' };

export const language = signal<Language>('zh');

export function locale(): string {
  return LOCALES[language.value];
}

/** The words of `key` in the language of the moment; `{name}` is replaced by `parameters.name`. */
export function t(key: Key, parameters: Parameters = {}): string {
  return fill(DICTIONARIES[language.value][key], parameters);
}

/** The same words in a named language, whatever the console speaks now. */
export function tIn(which: Language, key: Key): string {
  return DICTIONARIES[which][key];
}

/** Words for a code that came from the server; the code itself when a newer server knows more than we do. */
export function word(group: string, code: string): string {
  const key = `${group}.${code}`;
  return hasWord(key) ? t(key) : code;
}

export function hasWord(key: string): key is Key {
  return Object.hasOwn(zh, key);
}

function fill(text: string, parameters: Parameters): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(parameters, name) ? String(parameters[name]) : whole,
  );
}

/** A duration in words, two units at most: `6 h 12 min`. Negative counts as zero. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return t('time.seconds', { seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t('time.minutes', { minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t('time.hours', { hours, minutes: minutes % 60 });
  return t('time.days', { days: Math.floor(hours / 24), hours: hours % 24 });
}

/** `hh:mm` of minutes since midnight. Language-free on purpose. */
export function minuteOfDay(minute: number): string {
  return `${twoDigits(Math.floor(minute / 60))}:${twoDigits(Math.floor(minute % 60))}`;
}

/** `m:ss`, from one hour on `h:mm:ss`: the running time of a row. Language-free on purpose. */
export function stopwatch(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0
    ? `${hours}:${twoDigits(minutes)}:${twoDigits(total % 60)}`
    : `${minutes}:${twoDigits(total % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

export function ago(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs;
  return ms < 10_000 ? t('time.justNow') : t('time.ago', { duration: duration(ms) });
}

/** Time of day; with the date when it was another day than `nowMs`. */
export function clockTime(atMs: number, nowMs: number): string {
  const isSameDay = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return formatter(isSameDay ? 'time' : 'dateTime').format(atMs);
}

export function timeOfDay(atMs: number): string {
  return formatter('seconds').format(atMs);
}

export function percent(fraction: number): string {
  return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 }).format(fraction);
}

const OPTIONS = {
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  seconds: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  dateTime: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

// Making a DateTimeFormat costs about 50 µs; a screen with 60 rows asks for hundreds per second.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(kind: keyof typeof OPTIONS): Intl.DateTimeFormat {
  const key = `${locale()} ${kind}`;
  let made = formatters.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(locale(), OPTIONS[kind]);
    formatters.set(key, made);
  }
  return made;
}

// What the registry refuses whatever the caller checked before: everything the core, the topics or the alert ids
// rely on. Each function throws RegistryError `invalid` and names the field.

import {
  type RuleSettings,
  SUPERVISION_CLASSES,
  type SupervisionClass,
  ZONES,
  type Zone,
} from '#core/model/home.ts';
import { RegistryError } from '#registry/registry.ts';

/** Longest free text of a field: far beyond an address or a medical remark, small enough for a card. */
const TEXT_CHARACTERS_MAX = 1_000;
const LIST_ITEMS_MAX = 100;
/** Rule settings are a handful of numbers per rule; they travel in every configuration entry of the log. */
const RULES_JSON_CHARACTERS_MAX = 10_000;
const OLDEST_BIRTH_YEAR = 1890;

export function invalid(field: string, reason: string): RegistryError {
  return new RegistryError('invalid', `${field} ${reason}`);
}

/** Home, gateway, staff … ids: no `/`, `+`, `#` (MQTT topics), no `~` (alert ids). */
export function checkPublicId(field: string, id: string): void {
  if (!/^[A-Za-z0-9._:-]{1,64}$/.test(id)) throw invalid(field, 'must be 1-64 of A-Z a-z 0-9 . _ : -');
}

/**
 * The gateway's own name of a device, taken as it is: vendors use spaces, slashes and Chinese. Refused are only
 * control characters, broken surrogates and the marks that make text run backwards on an operator's screen.
 */
export function checkDeviceId(id: string): void {
  const length = [...id].length;
  const isPrintable = !/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u.test(id);
  if (length < 1 || length > 128 || !isPrintable || id.trim() === '') {
    throw invalid('deviceId', 'must be 1-128 printable characters');
  }
}

export function checkText(field: string, text: string): void {
  if (typeof text !== 'string' || text.trim() === '') throw invalid(field, 'must not be empty');
  if (text.length > TEXT_CHARACTERS_MAX)
    throw invalid(field, `is longer than ${TEXT_CHARACTERS_MAX} characters`);
}

export function checkOptionalText(field: string, text: string | null): void {
  if (text !== null) checkText(field, text);
}

export function checkTextList(field: string, list: readonly string[]): void {
  if (!Array.isArray(list) || list.length > LIST_ITEMS_MAX) {
    throw invalid(field, `must be a list of at most ${LIST_ITEMS_MAX} texts`);
  }
  for (const text of list) checkText(field, text);
}

export function checkOneOf(field: string, value: unknown, allowed: readonly unknown[]): void {
  if (!allowed.includes(value)) throw invalid(field, `must be one of ${allowed.join(', ')}`);
}

export function checkInteger(field: string, value: number, range: { min: number; max: number }): void {
  if (!Number.isSafeInteger(value) || value < range.min || value > range.max) {
    throw invalid(field, `must be a whole number from ${range.min} to ${range.max}`);
  }
}

export function checkBoolean(field: string, value: boolean): void {
  if (typeof value !== 'boolean') throw invalid(field, 'must be true or false');
}

export function checkBirthYear(birthYear: number, nowMs: number): void {
  checkInteger('birthYear', birthYear, { min: OLDEST_BIRTH_YEAR, max: new Date(nowMs).getUTCFullYear() });
}

export function checkSupervision(supervision: SupervisionClass): void {
  checkOneOf('supervision', supervision, SUPERVISION_CLASSES);
}

export function checkZone(zone: Zone): void {
  checkOneOf('zone', zone, ZONES);
}

/** An unknown zone would stop the inactivity rule of the home: refuse it here, where a person can mend it. */
export function checkTimezone(timezone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch (error) {
    throw new RegistryError('invalid', `timezone must be an IANA name, for example Asia/Shanghai`, {
      cause: error,
    });
  }
  if (typeof timezone !== 'string' || timezone === '') throw invalid('timezone', 'must not be empty');
}

export function checkRules(rules: RuleSettings): void {
  if (!isPlainObject(rules)) throw invalid('rules', 'must be an object of rule ids');
  for (const [rule, parameters] of Object.entries(rules)) {
    if (!isPlainObject(parameters)) throw invalid(`rules.${rule}`, 'must be an object of parameters');
    for (const [name, value] of Object.entries(parameters)) {
      const isValue = ['boolean', 'string'].includes(typeof value) || Number.isFinite(value);
      if (!isValue) throw invalid(`rules.${rule}.${name}`, 'must be a number, text, true or false');
    }
  }
  if (JSON.stringify(rules).length > RULES_JSON_CHARACTERS_MAX) throw invalid('rules', 'are too long');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A change may repeat an identity, never alter it: log, topics and alerts know the record by it. */
export function checkUnchanged(field: string, current: string, wanted: string | undefined): void {
  if (wanted !== undefined && wanted !== current) throw invalid(field, 'cannot be changed');
}

/** `change` over `current`; a field given as undefined is not given. */
export function merged<T extends object>(current: T, change: Partial<T>): T {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...current, ...(Object.fromEntries(given) as Partial<T>) };
}

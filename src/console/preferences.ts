// What one browser remembers: the language and whether single-key shortcuts are on. Nothing personal.
// Storage may be forbidden or full; then the defaults hold for this visit.

import { effect, signal } from '@preact/signals';

import { type Language, language } from './language.ts';

const PREFIX = 'shouwang.';

export const hasShortcuts = signal(true);

/** Reads what is stored and keeps it up to date from then on. */
export function loadPreferences(storage: Storage | null, browserLanguage: string): void {
  language.value = asLanguage(read(storage, 'language')) ?? (browserLanguage.startsWith('en') ? 'en' : 'zh');
  hasShortcuts.value = read(storage, 'shortcuts') !== 'off';
  effect(() => {
    write(storage, 'language', language.value);
    write(storage, 'shortcuts', hasShortcuts.value ? 'on' : 'off');
  });
}

function asLanguage(text: string | null): Language | null {
  return text === 'zh' || text === 'en' ? text : null;
}

function read(storage: Storage | null, name: string): string | null {
  try {
    return storage?.getItem(PREFIX + name) ?? null;
  } catch {
    return null;
  }
}

function write(storage: Storage | null, name: string, value: string): void {
  try {
    storage?.setItem(PREFIX + name, value);
  } catch {
    // A preference that is not remembered is no reason to disturb an operator.
  }
}

// What the page shows outside of its own body: title, language, the state of link and sound as attributes of <html>
// (for kiosk supervision and tests), system notifications and the wake lock.

import { effect } from '@preact/signals';

import type { Desk } from './desk.ts';
import { language, locale, t, word } from './language.ts';
import type { News } from './store.ts';

export function startPageSigns(desk: Desk): void {
  const { dataset } = document.documentElement;
  effect(() => {
    document.documentElement.lang = locale();
    dataset['language'] = language.value;
  });
  effect(() => {
    dataset['link'] = desk.isOnDuty.value ? desk.feed.link.value : 'off';
    dataset['sound'] = desk.sound.mode.value ?? 'quiet';
    dataset['soundHealth'] = desk.sound.health.value;
  });
  effect(() => {
    document.title = titleOf(desk);
  });
  effect(() => {
    if (desk.isOnDuty.value) void keepAwake();
  });
  // The browser takes the wake lock away whenever the page is hidden.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && desk.isOnDuty.value) void keepAwake();
  });
}

function titleOf(desk: Desk): string {
  const name = t('app.title');
  if (!desk.isOnDuty.value) return name;
  if (desk.feed.link.value === 'lost') return `⚠ ${t('lost.title')} · ${name}`;
  const count = desk.queue.unclaimed.value.reduce((sum, one) => sum + one, 0);
  return count > 0 ? `(${count}) ${name}` : name;
}

async function keepAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request('screen');
  } catch {
    // Refused on battery or plain http: the screen saver is then the site's own matter.
  }
}

export function mayNotify(): boolean {
  return 'Notification' in globalThis && Notification.permission === 'default';
}

export async function askToNotify(): Promise<void> {
  if (mayNotify()) await Notification.requestPermission();
}

/** A hidden window says by a system notification that an emergency came; no name, the lock screen is public. */
export function tellInBackground(news: readonly News[]): void {
  const emergency = news.find((item) => item.alert.priority === 1 && item.type !== 'requeued');
  if (emergency === undefined || !document.hidden) return;
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
  const title = t('notify.title', { kind: word('kind', emergency.alert.kind) });
  new Notification(title, { tag: emergency.alert.id, requireInteraction: true });
}

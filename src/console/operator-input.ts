// Keys and pointer of the whole page: runs the actions of keys.ts, and renews the claim of whoever works on it.

import type { Desk } from './desk.ts';
import { type Action, actionOf, type FocusPlace } from './keys.ts';
import { hasShortcuts } from './preferences.ts';

export function listenToOperator(desk: Desk): void {
  document.addEventListener('keydown', (event) => {
    touch(desk);
    if (event.defaultPrevented || event.isComposing || !desk.isOnDuty.value) return;
    const press = {
      key: event.key,
      hasModifier: event.ctrlKey || event.altKey || event.metaKey,
      isRepeat: event.repeat,
    };
    const action = actionOf(press, placeOf(event.target), hasShortcuts.value);
    if (action === null || !isWanted(desk, action)) return;
    event.preventDefault();
    void run(desk, action);
  });
  for (const type of ['pointerdown', 'pointermove', 'wheel'] as const) {
    document.addEventListener(type, () => touch(desk), { passive: true });
  }
}

function touch(desk: Desk): void {
  if (desk.isOnDuty.value) desk.handling.touch(desk.queue.openAlert.value);
}

function placeOf(target: EventTarget | null): FocusPlace {
  if (!(target instanceof Element)) return 'page';
  if (target.closest('textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])'))
    return 'text';
  if (target.closest('[data-row]')) return 'row';
  return target.closest('button, a, input, summary') ? 'control' : 'page';
}

/** An open panel has its own keys; only Escape and silence reach past it. */
function isWanted(desk: Desk, action: Action): boolean {
  return desk.panel.value === 'none' || action.type === 'escape' || action.type === 'silence';
}

async function run(desk: Desk, action: Action): Promise<void> {
  const open = desk.queue.openAlert.value;
  switch (action.type) {
    case 'claim':
      await desk.claimNext();
      return;
    case 'move':
      desk.queue.move(action.by);
      return;
    case 'open':
      if (desk.queue.cursorId.value !== null) desk.queue.open(desk.queue.cursorId.value);
      return;
    case 'call':
      return call(desk, action.order);
    case 'acknowledge':
      if (open !== null) await desk.handling.acknowledge(open.id);
      return;
    case 'close':
      return openClosePanel(desk);
    case 'escape':
      return leavePanel(desk);
    case 'silence':
      return desk.sound.silence();
    case 'history':
      return focusOn('history');
    case 'help':
      desk.panel.value = 'help';
      return;
    default:
      focusOn(action.type === 'note' ? 'note-text' : 'queue-filter');
  }
}

export function openClosePanel(desk: Desk): void {
  const open = desk.queue.openAlert.value;
  if (open === null) return;
  if (desk.handling.holds(open)) desk.panel.value = 'close';
  else desk.handling.say('problem', 'answer.claimFirst');
}

function leavePanel(desk: Desk): void {
  const hadPanel = desk.panel.value !== 'none';
  if (!hadPanel) desk.page.value = 'alert';
  desk.panel.value = 'none';
  if (!hadPanel && document.activeElement?.id === 'queue-filter') desk.queue.filter.value = '';
  focusOn('queue');
}

function call(desk: Desk, order: number): void {
  const link = document.querySelector<HTMLAnchorElement>(`a[data-contact="${order}"]`);
  if (link !== null) {
    link.click();
    return;
  }
  const open = desk.queue.openAlert.value;
  if (open !== null && desk.handling.holds(open)) desk.handling.say('problem', 'answer.noContact', { order });
  else desk.handling.say('problem', 'answer.claimFirst');
}

export function focusOn(id: string): void {
  document.getElementById(id)?.focus();
}

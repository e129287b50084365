import { describe, expect, it } from 'vitest';

import { actionOf, type FocusPlace } from '#console/keys.ts';

function press(key: string, place: FocusPlace = 'page', change: object = {}, hasShortcuts = true) {
  return actionOf({ key, hasModifier: false, isRepeat: false, ...change }, place, hasShortcuts);
}

describe('keys', () => {
  it.each([
    [' ', { type: 'claim' }],
    ['j', { type: 'move', by: 1 }],
    ['K', { type: 'move', by: -1 }],
    ['ArrowDown', { type: 'move', by: 1 }],
    ['ArrowUp', { type: 'move', by: -1 }],
    ['Enter', { type: 'open' }],
    ['c', { type: 'call', order: 1 }],
    ['9', { type: 'call', order: 9 }],
    ['n', { type: 'note' }],
    ['a', { type: 'acknowledge' }],
    ['r', { type: 'close' }],
    ['s', { type: 'silence' }],
    ['/', { type: 'filter' }],
    ['?', { type: 'help' }],
    ['Escape', { type: 'escape' }],
  ])('%j means %j', (key, action) => {
    expect(press(key)).toEqual(action);
    expect(press(key, 'row')).toEqual(action);
  });

  it('takes nothing but Escape from somebody who types', () => {
    for (const key of [' ', 'a', 'r', '1', '/', '?', 'Enter', 'ArrowDown'])
      expect(press(key, 'text')).toBeNull();
    expect(press('Escape', 'text')).toEqual({ type: 'escape' });
  });

  it('leaves Space, Enter and arrows to other controls', () => {
    for (const key of [' ', 'Enter', 'ArrowDown', 'ArrowUp']) expect(press(key, 'control')).toBeNull();
    expect(press('a', 'control')).toEqual({ type: 'acknowledge' });
  });

  it('takes nothing with Ctrl, Alt or Meta', () => {
    for (const key of ['a', 'r', 's', 'Escape']) expect(press(key, 'page', { hasModifier: true })).toBeNull();
  });

  it('does not claim or close again while a key is held down, but moves on', () => {
    for (const key of [' ', 'a', 'r', 'c', 'Enter'])
      expect(press(key, 'page', { isRepeat: true })).toBeNull();
    expect(press('ArrowDown', 'page', { isRepeat: true })).toEqual({ type: 'move', by: 1 });
  });

  it('gives up all single characters when switched off, and only them', () => {
    for (const key of [' ', 'j', 'c', '1', 'n', 'a', 'r', 's', '/', '?'])
      expect(press(key, 'page', {}, false)).toBeNull();
    expect(press('Enter', 'page', {}, false)).toEqual({ type: 'open' });
    expect(press('ArrowDown', 'page', {}, false)).toEqual({ type: 'move', by: 1 });
  });

  it('knows no other key', () => {
    for (const key of ['0', 'x', 'Tab', 'F5', 'Shift']) expect(press(key)).toBeNull();
  });
});

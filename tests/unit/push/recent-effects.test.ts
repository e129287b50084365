// Goal: a returning screen gets all it missed or nothing of it. The hub's tests walk the cursors; here are
// the bounds.

import { describe, expect, it } from 'vitest';
import { createRecentEffects, missedSince, type StoredAlertEffect } from '#push/recent-effects.ts';
import { makeEffect, makeRefusal } from '../../support/alerts.ts';

function alertAt(offset: number): StoredAlertEffect {
  return makeEffect({ offset }) as StoredAlertEffect;
}

describe('recent effects', () => {
  it('know nothing before their first element', () => {
    const recent = createRecentEffects(10);
    expect(recent.after({ offset: 0, index: 0 })).toBeNull();
    recent.push(alertAt(5));
    expect(recent.after({ offset: 4, index: 0 })).toBeNull();
    expect(recent.after({ offset: 5, index: 0 })).toEqual([]);
  });

  it('keep at least the limit and less than twice that', () => {
    const recent = createRecentEffects(10);
    for (let offset = 1; offset <= 1_000; offset += 1) recent.push(alertAt(offset));
    expect(recent.after({ offset: 991, index: 0 })).toHaveLength(9);
    expect(recent.after({ offset: 980, index: 0 })).toBeNull();
  });
});

describe('what was missed', () => {
  const sources = { recent: createRecentEffects(10), newest: () => '99:0', limit: 3 };

  it('is unknown when the store gave as much as was asked for, even if little of it are alerts', () => {
    const since = () => [alertAt(1), makeRefusal(2), makeRefusal(3)];
    expect(missedSince('0:0', { ...sources, since })).toBeNull();
  });

  it('is the alerts among what the store gave', () => {
    const since = () => [alertAt(1), makeRefusal(2)];
    expect(missedSince('0:0', { ...sources, since })).toEqual([alertAt(1)]);
  });
});

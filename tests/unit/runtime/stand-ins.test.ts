// Goal: what staff said about a live alert goes to the one that rang for the same reason in the back-test, or to none.

import { expect, test } from 'vitest';
import type { Condition } from '#core/model/alert.ts';
import { StandIns } from '#runtime/backtest/stand-ins.ts';
import { WatchTimes } from '#runtime/backtest/watch-times.ts';
import { makeAlert } from '../../support/alerts.ts';
import { homeOf } from '../../support/scenario.ts';

const DUE = 1_772_431_260_000;

function standIns(open: Readonly<Record<string, Condition>>, closed: readonly string[] = []): StandIns {
  const alerts = new Map(
    Object.entries(open).map(([id, condition]) => [id, makeAlert({ id, condition })] as const),
  );
  const found = new StandIns({ get: (id) => alerts.get(id), isClosed: (id) => closed.includes(id) });
  for (const alert of alerts.values())
    found.note([{ type: 'alert', change: 'raised', alert, offset: 1, index: 0, atMs: 0 }]);
  return found;
}

test.each([
  ['the same id', `h~inactivity~due-${DUE}`, `h~inactivity~due-${DUE}`],
  ['another due time', `h~inactivity~due-${DUE}`, `h~inactivity~due-${DUE - 60_000}`],
  ['another episode', `h~inactivity~due-${DUE}~2`, `h~inactivity~due-${DUE - 1}`],
  [
    'another beginning',
    `h~vital-signs~gw~bed-1~heart_rate_bpm~${DUE}`,
    `h~vital-signs~gw~bed-1~heart_rate_bpm~${DUE - 1}`,
  ],
])('%s', (_what, live, here) => {
  expect(standIns({ [here]: 'active' }).of(live)).toBe(here);
});

test.each([
  ['another home', `h1~inactivity~due-${DUE}`, `h2~inactivity~due-${DUE - 1}`],
  ['another rule', `h~inactivity~due-${DUE}`, `h~not-up~due-${DUE - 1}`],
  ['another device', `h~door-open~gw~door-1~due-${DUE}`, `h~door-open~gw~door-2~due-${DUE}`],
  ['another device, whose name ends as a time', `h~tamper~gw~d-100001~${DUE}`, `h~tamper~gw~d-100002~${DUE}`],
  ['another measure', `h~drift~sleep~week-${DUE}`, `h~drift~outings~week-${DUE}`],
])('never %s', (_what, live, here) => {
  expect(standIns({ [here]: 'active' }).of(live)).toBeNull();
});

test('nothing stands for what was closed here already, and nothing that is over stands for another', () => {
  const [live, here] = [`h~inactivity~due-${DUE}`, `h~inactivity~due-${DUE + 1}`];
  expect(standIns({ [here]: 'active' }, [live]).of(live)).toBeNull();
  expect(standIns({ [here]: 'cleared' }).of(live)).toBeNull();
  expect(standIns({ [live]: 'cleared' }).of(live)).toBe(live);
});

test('a home is watched from its registration, with pauses, within the window', () => {
  const times = new WatchTimes(100);
  const configured = (isWatched: boolean, atMs: number) =>
    times.noteConfigured(homeOf({ home: { isWatched } }), atMs);
  configured(true, 50);
  configured(true, 110);
  configured(false, 130);
  configured(false, 150);
  expect(times.until(160)).toEqual([{ homeId: 'h-1', watchedMs: 30 }]);
  configured(true, 170);
  expect(times.until(200)).toEqual([{ homeId: 'h-1', watchedMs: 60 }]);
});

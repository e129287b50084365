import { expect, test } from 'vitest';
import { RULES } from '#core/rules/index.ts';
import { defineRule } from '#core/rules/rule.ts';
import { play } from '../support/scenario.ts';

test('two operators: the first in the log wins, the other is told', () => {
  const effects = play(`
    09:00:00 button button sos
    09:00:00 => raised sos
    09:00:05 staff li claim
    09:00:05 => claimed sos
    09:00:05 staff wang claim
    09:00:05 => refused held-by-other
    09:00:06 staff wang close WELFARE_OK seen
    09:00:06 => refused held-by-other
  `);
  expect(effects[2]).toMatchObject({ refusal: 'held-by-other', heldBy: 'li', staffId: 'wang' });
});

test('a claim is a lease: idle for two minutes it goes back to the queue, and rings on', () => {
  play(`
    09:00:00 button button sos
    09:00:00 => raised sos
    09:00:05 staff li claim
    09:00:05 => claimed sos
    09:01:00 staff li claim
    09:01:00 => renewed sos
    09:02:00 staff li acknowledge
    09:02:00 => acknowledged sos
    09:03:00 staff li note rang-twice
    09:03:00 => noted sos
    09:05:00 => lease-lost sos
    09:05:00 => escalated sos 1
    09:05:00 => escalated sos 2
    09:05:00 => escalated sos 3
  `);
});

test('an order given on a lost claim is refused by its token', () => {
  const effects = play(`
    09:00:00 button button sos
    09:00:00 => raised sos
    09:00:05 staff li claim
    09:00:05 => claimed sos
    09:00:06 staff li release
    09:00:06 => released sos
    09:00:07 staff li close WELFARE_OK seen
    09:00:07 => refused not-claimed
    09:00:08 staff li claim
    09:00:08 => claimed sos
    09:00:09 staff li close WELFARE_OK seen token 4
    09:00:09 => refused claim-lost
    09:00:10 staff li close WELFARE_OK nonsense
    09:00:10 => refused bad-outcome
    09:00:11 staff li close WELFARE_OK seen
    09:00:11 => closed sos
    09:00:12 staff li claim alert h-1~emergency~gw-1~button~sos~e2
    09:00:12 => refused already-closed
    09:00:13 staff li claim alert nothing
    09:00:13 => refused no-such-alert
  `);
  const closed = effects.find((effect) => effect.type === 'alert' && effect.change === 'closed');
  expect(closed).toMatchObject({
    alert: { closedBy: 'li', outcome: { code: 'WELFARE_OK', detail: 'seen' }, claim: null },
  });
});

test('the holder whose screen is gone loses the claim after 15 s, unless it comes back', () => {
  play(`
    09:00:00 button button sos
    09:00:00 => raised sos
    09:00:05 staff li claim
    09:00:05 => claimed sos
    09:00:10 desk li off
    09:00:20 desk li on
    09:00:40 desk li off
    09:00:55 => lease-lost sos
    09:00:55 => escalated sos 1
    09:01:00 => escalated sos 2
  `);
});

test('after a restart every holder must show a screen again', () => {
  play(`
    09:00:00 button button sos
    09:00:00 => raised sos
    09:00:05 staff li claim
    09:00:05 => claimed sos
    09:00:10 resumed
    09:00:25 => lease-lost sos
  `);
});

test('a note asked for twice with one key is written once, also by a process that forgot the first', () => {
  const effects = play(`
    09:00:00 button button sos
    09:00:00 => raised sos
    09:00:05 staff li note rang-twice key n1
    09:00:05 => noted sos
    09:00:06 staff li note rang-twice key n1
    09:00:06 => noted sos
    09:00:07 staff li note rang-twice
    09:00:07 => noted sos
  `);
  const notes = effects.flatMap((effect) => (effect.type === 'alert' ? [effect.alert.notes.length] : []));
  expect(notes).toEqual([0, 1, 1, 2]);
});

test('a claim that is won while the screen is gone has fifteen seconds for one to come back', () => {
  play(`
    08:00:00 desk li on
    09:00:00 desk li off
    09:10:00 button button sos
    09:10:00 => raised sos
    09:10:02 staff li claim
    09:10:02 => claimed sos
    09:10:10 staff li acknowledge
    09:10:10 => acknowledged sos
    09:10:17 => lease-lost sos
  `);
});

test('technical alerts do not climb', () => {
  play(`
    09:00 pir-living motion on battery 12
    09:00 => raised low-battery
    12:00 smoke tamper on
    12:00 => raised tamper
    13:00 wait
  `);
});

const broken = defineRule({
  id: 'broken',
  title: 'Throws in one home',
  alertKinds: [],
  priority: 3,
  parameters: {},
  homeColumns: {},
  deviceColumns: {},
  kinds: ['temperature_c'],
  start: () => ({
    onObservation: () => {
      throw new Error('planted');
    },
  }),
});

test('a rule that throws is paused for that home and reported once; the others go on', () => {
  const effects = play(
    `
    09:00 pir-living temperature_c 20
    09:00 => raised rule-fault
    09:00:05 pir-living temperature_c 21
    09:00:10 button button sos
    09:00:10 => raised sos
  `,
    { rules: [broken, ...RULES] },
  );
  expect(effects[0]).toMatchObject({
    alert: { explanation: { params: { rule: 'broken', error: 'planted' } } },
  });
});

test('a rule of life and death is never switched off: each fault rings', () => {
  const rules = [{ ...broken, id: 'deadly', priority: 1 as const }];
  play(
    `
    09:00:00 pir-living temperature_c 20
    09:00:00 => raised rule-fault
    09:00:05 pir-living temperature_c 21
    09:00:05 => repeated rule-fault x2
  `,
    { rules },
  );
});

test('an entry that breaks the core itself rings and stops nobody: no crash loop', () => {
  const effects = play(`
    09:00:00 configure {"devices":null}
    09:00:00 => raised rule-fault
    09:00:05 button button sos
    09:00:05 => raised sos
  `);
  expect(effects[0]).toMatchObject({
    alert: { priority: 1, explanation: { params: { rule: 'core', offset: 3 } } },
  });
});

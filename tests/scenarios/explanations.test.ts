// Goal: what an operator reads of an alert of supervision is true: nobody is told of 25 h of silence a minute after a
// gateway was cut off, nor of the pause of a rule that goes on. Every scenario asks as well whether it is sayable.

import { expect, test } from 'vitest';
import { explainInWords } from '#console/explanation.ts';
import { clockTime, language } from '#console/language.ts';
import type { Alert } from '#core/model/alert.ts';
import type { Effect } from '#core/model/effect.ts';
import { RULES } from '#core/rules/index.ts';
import { lowBattery } from '#core/rules/low-battery.ts';
import { defineRule } from '#core/rules/rule.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

const PIR = { deviceId: 'pir', kind: 'motion' };
const CLASSES = ['none', '180s', '5h', '25h'] as const;

function raisedIn(effects: readonly Effect[]): Alert[] {
  return effects.flatMap((effect) =>
    effect.type === 'alert' && effect.change === 'raised' ? effect.alert : [],
  );
}

/** The only alert of a table, as its code and as the console says it. */
function said(table: string, options: ScenarioOptions = {}): { code: string; words: string; alert: Alert } {
  const [alert, ...others] = raisedIn(play(table, options));
  expect(others).toEqual([]);
  language.value = 'en';
  const words = explainInWords(alert!.explanation, alert!.raisedAtMs);
  return { code: alert!.explanation.code, words, alert: alert! };
}

test.each(CLASSES)(
  'a gateway that was cut off is said to be cut off, whatever its class (%s)',
  (gatewaySupervision) => {
    const { code, words, alert } = said(
      `
    08:58 gateway on
    09:00 gateway off
    09:01 => raised gateway-silent
  `,
      { gatewaySupervision, devices: [] },
    );
    expect(code).toBe('gateway-silent.lost');
    const cutOffAtMs = alert.raisedAtMs - 60_000;
    expect(alert.explanation.params).toEqual({ sinceMs: cutOffAtMs, lastSeenAtMs: cutOffAtMs - 120_000 });
    expect(words).toContain(`was cut off at ${clockTime(cutOffAtMs, alert.raisedAtMs)}`);
    // What operators have acted on keeps its name.
    expect(alert.id).toBe(`h-1~gateway-silent~gw-1~due-${alert.raisedAtMs}`);
  },
);

test('a gateway that only keeps still is said to keep still, for as long as its class allows', () => {
  const { code, words } = said('08:00 gateway on\n08:03 => raised gateway-silent', {
    gatewaySupervision: '180s',
    devices: [],
  });
  expect(code).toBe('gateway-silent');
  expect(words).toContain('for over 3 min');
});

test('missing heartbeats raise no alert of their own; the gateway is reported when its window is over', () => {
  const { code, words } = said(
    `
    08:00 gateway on
    08:01 gateway on
    08:02 gateway on
    08:06 wait
    13:02 => raised gateway-silent
  `,
    { gatewaySupervision: '5h', devices: [] },
  );
  expect(code).toBe('gateway-silent');
  expect(words).toContain('for over 5 h 0 min');
});

test.each(CLASSES)('a gateway that never came has no silence of a window (%s)', (gatewaySupervision) => {
  const table = '08:00 wait\nd1 08:00 => raised gateway-silent';
  const { code, alert } = said(table, { gatewaySupervision, devices: [] });
  expect(code).toBe('gateway-silent.never');
  expect(alert.explanation.params).toEqual({ sinceMs: alert.raisedAtMs - 24 * 3_600_000 });
});

test.each(CLASSES)('a device of which its gateway says that it is lost (%s)', (supervision) => {
  const options = { devices: [{ ...PIR, supervision }] };
  const { code, words, alert } = said(
    '08:00 pir motion on\n08:01 pir online off\n08:01 => raised device-silent',
    options,
  );
  expect(code).toBe('device-silent.told');
  expect(words).toMatch(/^The gateway says that it has lost the device/);
  expect(alert.explanation.params).toEqual({ lastSeenAtMs: alert.raisedAtMs - 60_000, kind: 'motion' });
  expect(alert.id).toBe(`h-1~device-silent~gw-1~pir~due-${alert.raisedAtMs}`);
  // Also one that never spoke for itself.
  const unheard = said('08:01 pir online off\n08:01 => raised device-silent', options);
  expect(unheard.alert.explanation).toEqual({
    code: 'device-silent.told',
    params: { lastSeenAtMs: null, kind: 'motion' },
  });
});

test('a device that only keeps still, and one that never spoke', () => {
  const devices = [{ ...PIR, supervision: '5h' as const }];
  const still = said('08:00 pir motion on\n13:00 => raised device-silent', { devices });
  expect(still.code).toBe('device-silent');
  expect(still.words).toContain('for more than 5 h 0 min');
  const never = said('08:00 gateway on\nd1 08:00 => raised device-silent', { devices });
  expect(never.alert.explanation).toEqual({
    code: 'device-silent.never',
    params: { sinceMs: never.alert.raisedAtMs - 24 * 3_600_000, kind: 'motion' },
  });
});

const broken = defineRule({
  id: 'broken',
  title: 'Throws',
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

test('only a rule that is paused is said to be paused, and for whom', () => {
  const table = (deviceId: string) => `09:00 ${deviceId} temperature_c 20\n09:00 => raised rule-fault`;
  const ofHome = said(table('button'), { rules: [broken, ...RULES] });
  expect(ofHome.code).toBe('rule-fault');
  expect(ofHome.words).toContain('paused for this home');
  const ofGateway = said(table('stranger'), { rules: [broken, ...RULES] });
  expect(ofGateway.code).toBe('rule-fault.gateway');
  expect(ofGateway.words).toContain('paused for this gateway');
  const ofLife = said(table('button'), { rules: [{ ...broken, priority: 1 }, ...RULES] });
  expect(ofLife.code).toBe('rule-fault.goes-on');
  const ofCore = said('09:00 configure {"devices":null}\n09:00 => raised rule-fault');
  expect(ofCore.code).toBe('rule-fault.core');
  for (const { words } of [ofLife, ofCore]) {
    expect(words).not.toContain('paused');
    expect(words).toContain('Make sure that all is well');
  }
});

test('a battery at the limit is not said to be below it', () => {
  const { words } = said('09:00 pir motion on battery 20\n09:00 => raised low-battery', {
    devices: [PIR],
    rules: [lowBattery],
  });
  expect(words).toBe('The battery is at 20%; at 20% or less it has to be changed.');
});

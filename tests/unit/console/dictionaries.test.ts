// Goal: the server sends codes only, and every code of the contract has words in both languages.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { en } from '#console/en.ts';
import { explainInWords, factsOf } from '#console/explanation.ts';
import { duration, hasWord, language, stopwatch, t, word } from '#console/language.ts';
import { zh } from '#console/zh.ts';
import { ALERT_KINDS } from '#core/model/alert.ts';
import { OUTCOMES } from '#core/model/command.ts';
import { ZONES } from '#core/model/home.ts';
import { GAPS } from '#core/model/home-state.ts';
import { KINDS } from '#core/model/kinds.ts';
import { explanationOf } from '../../support/desk-fixtures.ts';
import { unsayable } from '../../support/sayable.ts';
import { NOW_MS } from './messages.ts';

const CONSOLE = new URL('../../../src/console/', import.meta.url).pathname;
const CJK = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/;

const EXPLANATION_CODES = [
  ...['sos', 'fall', 'smoke', 'gas', 'co', 'leak', 'inactivity.day', 'inactivity.night', 'inactivity.cap'],
  ...['inactivity.learned', 'inactivity.place', 'inactivity.stay', 'not-up.fixed', 'not-up.learned'],
  ...['bathroom-stay', 'out-of-bed', 'night-exit', 'door-open', 'door-unchanged', 'water-low', 'water-high'],
  ...['water-continuous', 'vital-signs.high', 'vital-signs.low', 'temperature.cold', 'temperature.heat'],
  ...['wandering', 'missed-test', 'missed-checkin', 'sensor-stuck.on', 'sensor-stuck.chatter', 'drift'],
  ...['away-overdue', 'long-unheard', 'long-unheard.never'],
  ...[
    'away-too-long',
    'unseen-home',
    'unseen-home.brief',
    'gateway-silent',
    'device-silent',
    'low-battery',
    'tamper',
    'rule-fault',
  ],
  ...['gateway-silent.lost', 'gateway-silent.never', 'device-silent.told', 'device-silent.never'],
  ...['rule-fault.gateway', 'rule-fault.goes-on', 'rule-fault.core'],
];
const PARAMETERS = [
  ...['deviceId', 'room', 'lateByMs', 'thresholdMs', 'silentMs', 'blindMs', 'lastActivityAtMs', 'lastRoom'],
  ...['lastKind', 'coverage', 'riskFactor', 'sinceMs', 'lastSeenAtMs', 'windowMs', 'kind', 'error'],
  ...['batteryPct', 'thresholdPct', 'rule', 'offset', 'usualMs', 'learnedDays', 'askedAtMs', 'byMinute'],
  ...['sinceMinute', 'usualMinute', 'stayMs', 'outMs', 'openMs', 'onMs', 'usedLiters', 'thresholdLiters'],
  ...['lastReadingAtMs', 'vital', 'value', 'threshold', 'durationMs', 'temperatureC', 'thresholdC'],
  ...['distanceM', 'radiusM', 'lastTestAtMs', 'lastCheckinAtMs', 'eventsPerHour', 'measure', 'usual'],
  ...['recent', 'changePct', 'weeks', 'declaredUntilAtMs'],
];
const REFUSALS = [
  'held-by-other',
  'claim-lost',
  'not-claimed',
  'already-closed',
  'bad-outcome',
  'no-such-alert',
  'not-watched',
  'bad-absence-end',
];

/** Without comments; literals and text of components stay. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1');
}

describe('dictionaries', () => {
  const codes = [
    ...EXPLANATION_CODES.map((code) => `explain.${code}`),
    ...PARAMETERS.map((name) => `fact.${name}`),
    ...ALERT_KINDS.map((kind) => `kind.${kind}`),
    ...KINDS.map((kind) => `device.${kind}`),
    ...ZONES.map((zone) => `room.${zone}`),
    ...REFUSALS.map((code) => `answer.${code}`),
    ...[1, 2, 3, 4, 5].map((priority) => `priority.${priority}`),
    ...['storage-failing', 'unrecorded-sos', 'stopping'].map((code) => `notice.${code}`),
    ...Object.entries(OUTCOMES).flatMap(([code, details]) => [
      `outcome.${code}`,
      ...details.map((detail) => `outcome.${code}.${detail}`),
    ]),
  ];

  it('has words for every code of the contract', () => {
    expect(codes.length).toBeGreaterThan(120);
    expect(codes.filter((key) => !hasWord(key))).toEqual([]);
    expect(hasWord('kind.flood')).toBe(false);
  });

  it('has no sentence for an alert that the contract does not know', () => {
    const sentences = Object.keys(zh).filter((key) => key.startsWith('explain.'));
    const ofConsole = ['explain.title', 'explain.unknown'];
    expect(sentences.sort()).toEqual(
      [...EXPLANATION_CODES.map((code) => `explain.${code}`), ...ofConsole].sort(),
    );
  });

  it('says the same things in both languages, with the same placeholders', () => {
    const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const [key, text] of Object.entries(zh)) {
      const english = en[key as keyof typeof zh];
      expect(english.trim(), key).not.toBe('');
      expect(placeholders(english), key).toEqual(placeholders(text));
      expect(english, key).not.toMatch(CJK);
    }
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });

  it('says no word twice in its files, where the later would hide the other', () => {
    const files = readdirSync(CONSOLE).filter((file) => /^zh(-[a-z]+)?\.ts$/.test(file));
    expect(files.length).toBeGreaterThan(2);
    const keys = files.flatMap((file) =>
      [...readFileSync(join(CONSOLE, file), 'utf8').matchAll(/^ {2}'([^']+)':/gm)].map((match) => match[1]!),
    );
    expect(keys.sort()).toEqual(Object.keys(zh).sort());
  });

  it('is the only place with Chinese literals', () => {
    expect(withoutComments("const a = '中'; // 文")).toMatch(CJK);
    expect(withoutComments("const a = 'x'; // 文")).not.toMatch(CJK);
    const offenders = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(tsx?|css|svg)$/.test(file) && !/^zh(-[a-z]+)?\.ts$/.test(basename(file)))
      .filter((file) => CJK.test(withoutComments(readFileSync(join(CONSOLE, file), 'utf8'))));
    expect(offenders).toEqual([]);
  });

  it('has no word that nothing says', () => {
    const sources = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !/^(zh|en)(-[a-z]+)?\.ts$/.test(file))
      .map((file) => readFileSync(join(CONSOLE, file), 'utf8'))
      .join('\n');
    const groups = [
      'explain',
      'fact',
      'kind',
      'device',
      'room',
      'answer',
      'priority',
      'notice',
      'outcome',
      'sex',
    ];
    groups.push('living', 'ability', 'state', 'role', 'link', 'sound', 'measure', 'presence', 'gap');
    groups.push('range', 'legend', 'unseen', 'part', 'unit');
    const ofCodes = /^(backtest\.(state|refused)|history\.failed)\./;
    const unsaid = Object.keys(zh).filter(
      (key) => !groups.includes(key.split('.')[0]!) && !ofCodes.test(key) && !sources.includes(`'${key}'`),
    );
    expect(unsaid).toEqual([]);
  });
});

describe('words', () => {
  it.each(['zh', 'en'] as const)('says every gap in words (%s)', (which) => {
    language.value = which;
    for (const gap of GAPS) expect(hasWord(`gap.${gap}`)).toBe(true);
    expect(new Set(GAPS.map((gap) => word('gap', gap))).size).toBe(GAPS.length);
  });

  it.each(['zh', 'en'] as const)('explains every alert without a hole (%s)', (which) => {
    language.value = which;
    for (const kind of ALERT_KINDS) {
      const explanation = explanationOf(kind, NOW_MS);
      expect(unsayable(explanation)).toEqual([]);
      const said = [
        explainInWords(explanation, NOW_MS),
        ...factsOf(explanation, NOW_MS).map((fact) => fact.value),
      ];
      for (const text of said) expect(text, kind).not.toMatch(/[{}]|undefined|NaN|null|∞|Infinity/);
    }
  });

  it('notices an explanation that speaks of what nobody knows', () => {
    const params = { windowMs: null, lastSeenAtMs: 1, height: Number.POSITIVE_INFINITY };
    expect(unsayable({ code: 'gateway-silent', params })).toEqual([
      'gateway-silent: speaks of windowMs, which is unknown',
      'gateway-silent: no word for height',
      'gateway-silent: height is Infinity',
    ]);
    expect(unsayable({ code: 'flood', params: {} })).toEqual(['flood: no words']);
    // A figure beside the sentence may be missing, and is called so: no press was ever heard.
    const untested = { windowMs: 1, lastTestAtMs: null, room: 'bedroom' };
    expect(unsayable({ code: 'missed-test', params: untested })).toEqual([]);
  });

  it('says figures as durations, percents and places', () => {
    language.value = 'en';
    const explanation = explanationOf('inactivity', NOW_MS);
    expect(explainInWords(explanation, NOW_MS)).toContain(
      'no activity for 6 h 18 min; the limit is 6 h 0 min',
    );
    const facts = Object.fromEntries(factsOf(explanation, NOW_MS).map((fact) => [fact.name, fact.value]));
    expect(facts).toMatchObject({
      coverage: '83%',
      lastRoom: 'kitchen',
      lastKind: 'motion',
      blindMs: '10 min',
    });
    expect(facts['lastActivityAtMs']).toContain('(6 h 18 min ago)');
  });

  it('shows codes of a newer server raw instead of hiding them', () => {
    language.value = 'en';
    expect(word('kind', 'flood')).toBe('flood');
    expect(explainInWords({ code: 'flood', params: { depth: 3 } }, NOW_MS)).toBe('Rule code: flood');
    expect(factsOf({ code: 'flood', params: { depth: 3 } }, NOW_MS)).toEqual([
      { name: 'depth', label: 'depth', value: '3' },
    ]);
    expect(word('kind', 'constructor')).toBe('constructor');
  });

  it('fills placeholders with text only, never with another placeholder', () => {
    language.value = 'en';
    expect(t('answer.held-by-other', { name: '{name} $& ' })).toBe('Already held by {name} $& .');
  });

  it('formats durations', () => {
    language.value = 'en';
    const minute = 60_000;
    expect([-5, 59_999, 59 * minute, 61 * minute, 49 * 60 * minute].map(duration)).toEqual([
      '0 s',
      '59 s',
      '59 min',
      '1 h 1 min',
      '2 d 1 h',
    ]);
    expect([-1, 65_000, 3_661_000].map(stopwatch)).toEqual(['0:00', '1:05', '1:01:01']);
  });
});

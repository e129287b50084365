// Goal: settings that no rule would follow are refused with the reason, in homes and in districts; a district can be
// given a profile and says so.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuleSettings } from '#core/model/home.ts';
import { RULES } from '#core/rules/index.ts';
import { PROFILES } from '#core/rules/profiles.ts';
import { WEST_LAKE } from '../support/alerts.ts';
import { type ApiUnderTest, openApiUnderTest } from '../support/api.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await openApiUnderTest();
});
afterAll(() => api.close());

const change = (url: string, payload: object) =>
  api.as(api.people.administrator, { method: 'PATCH', url: `/api/v1${url}`, payload });

const COUNTY = `${WEST_LAKE.slice(0, 6)}000000`;

describe('settings that no rule would follow', () => {
  const { dayMs } = RULES.find(({ id }) => id === 'inactivity')!.parameters;
  it.each<[string, RuleSettings, string, RegExp]>([
    ['an unknown rule', { nonsense: { x: 1 } }, 'rules.nonsense', /GET \/rules/],
    ['an unknown parameter', { inactivity: { dayHours: 5 } }, 'rules.inactivity.dayHours', /dayMs, nightMs/],
    ['a name of every object', { inactivity: { toString: 5 } }, 'rules.inactivity.toString', /dayMs/],
    ['too little', { inactivity: { dayMs: dayMs!.min - 1 } }, 'rules.inactivity.dayMs', /from 60000 to/],
    ['too much', { inactivity: { dayMs: dayMs!.max + 1 } }, 'rules.inactivity.dayMs', /\(ms\)/],
    ['a word', { inactivity: { dayMs: '6 h' } }, 'rules.inactivity.dayMs', /a number/],
    ['true', { inactivity: { dayMs: true } }, 'rules.inactivity.dayMs', /a number/],
  ])('%s', async (_name, rules, at, reason) => {
    for (const url of ['/homes/h1', `/districts/${COUNTY}`]) {
      const answer = (await change(url, { rules })).json();
      expect(answer).toMatchObject({ status: 422, code: 'invalid-rule-settings', at });
      expect(answer.detail).toMatch(reason);
    }
    expect((await api.registry.homes.get('h1'))!.rules).toEqual({});
  });

  it('the bounds themselves are within them', async () => {
    for (const value of [dayMs!.min, dayMs!.max])
      expect((await change('/homes/h1', { rules: { inactivity: { dayMs: value } } })).statusCode).toBe(200);
    await change('/homes/h1', { rules: {} });
  });
});

describe('profiles', () => {
  it('are told with their settings', async () => {
    const answer = await api.as(api.people.integrator, { method: 'GET', url: '/api/v1/profiles' });
    expect(answer.json()).toEqual(PROFILES);
  });

  it('are given to a district by its code, taken back by null, and on record', async () => {
    const given = await change(`/districts/${COUNTY}`, { profile: 'taicang' });
    expect(given.json()).toMatchObject({ code: COUNTY, profile: 'taicang', rules: {} });
    expect((await api.audit())[0]).toMatchObject({ action: 'change', subject: `district:${COUNTY}` });
    const taken = await change(`/districts/${COUNTY}`, { profile: null });
    expect(taken.json().profile).toBeNull();
  });

  it('that do not exist are refused', async () => {
    const answer = await change(`/districts/${COUNTY}`, { profile: 'atlantis' });
    expect(answer.json()).toMatchObject({ status: 422, code: 'invalid-record' });
    expect(answer.json().detail).toMatch(/default, shanghai/);
  });

  it('are for administrators to give', async () => {
    const url = `/api/v1/districts/${COUNTY}`;
    const answer = await api.as(api.people.supervisor, { method: 'PATCH', url, payload: { profile: null } });
    expect(answer.statusCode).toBe(403);
  });
});

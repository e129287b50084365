// Goal: an operator sees on the elder's card what no sensor watches, declares an absence and ends it, with the keyboard
// alone, in a real browser.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { alertOf } from '../support/desk-fixtures.ts';
import { DeskServer } from '../support/desk-server.ts';
import { Operator } from '../support/operator.ts';

describe.skipIf(!hasChromium())('the absence on the card', () => {
  let browser: Browser;
  const server = new DeskServer({ alerts: [alertOf(1, 'inactivity', { nowMs: Date.now(), agoMs: 60_000 })] });
  let operator: Operator;
  beforeAll(async () => {
    browser = await launchChromium();
    const nothing = {
      presence: 'unknown',
      awaySinceMs: null,
      lastActivityAtMs: null,
      absence: null,
    } as const;
    server.homeStates.set('home-1', { ...nothing, gaps: ['way-out', 'night'] });
    await server.start();
    operator = await Operator.open(browser, server);
    await operator.beOnDuty();
  });
  afterAll(async () => {
    await operator.leave();
    await server.stop();
    await browser.close();
  });

  it('is declared, shown, and ended', async () => {
    const { page } = operator;
    await page.keyboard.press(' ');
    const box = page.getByTestId('presence');
    await box.getByText('不清楚').waitFor();
    expect(await page.getByTestId('gap').allTextContents()).toEqual([
      '门口没有可用的传感器：老人外出时系统不知道。',
      '卧室和卫生间没有可用的传感器：夜间情况看不到。',
    ]);
    await operator.picture('gaps-zh');
    await box.getByRole('button', { name: '登记外出' }).focus();
    await page.keyboard.press('Enter');
    // The field for the end has the focus; single keys write into it and are no shortcuts.
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('absence-until');
    await page.locator('#absence-until').fill('2099-05-01T18:30');
    await page.locator('#absence-note').focus();
    await page.keyboard.type('在女儿家 c s');
    await page.keyboard.press('Enter');
    await box.getByText('已登记外出').waitFor();
    await box.getByText('在女儿家 c s').waitFor();
    expect([...server.homeStates.values()][0]?.absence).toMatchObject({
      untilMs: await page.evaluate(() => new Date('2099-05-01T18:30').getTime()),
      note: '在女儿家 c s',
    });
    await operator.picture('absence-zh');
    await box.getByRole('button', { name: '已经回来' }).focus();
    await page.keyboard.press('Enter');
    await box.getByText('在家', { exact: true }).waitFor();
    expect(server.requests.filter((line) => line.endsWith('/absence'))).toHaveLength(2);
    expect(operator.errors).toEqual([]);
  });

  it('Escape leaves the form and declares nothing', async () => {
    const { page } = operator;
    const box = page.getByTestId('presence');
    await box.getByRole('button', { name: '登记外出' }).click();
    await page.keyboard.press('Escape');
    await box.getByRole('button', { name: '登记外出' }).waitFor();
    expect(server.requests.filter((line) => line.endsWith('/absence'))).toHaveLength(2);
  });

  it('goes with a closing: away, and until when', async () => {
    const { page } = operator;
    const before = server.requests.length;
    await page.getByTestId('presence').getByRole('button', { name: '登记外出' }).waitFor();
    await page.keyboard.press('r');
    await page.getByTestId('close-panel').waitFor();
    await page.keyboard.press('4');
    await page.keyboard.press('3');
    const end = page.getByTestId('away-until');
    await end.focus();
    // A day without an hour is no end: nothing is sent, and the field says so.
    await page.keyboard.type('20990501');
    await page.keyboard.press('Enter');
    await expect.poll(() => end.evaluate((field: HTMLInputElement) => field.validity.badInput)).toBe(true);
    expect(server.requests.slice(before)).toEqual([]);
    await operator.picture('close-away-zh');
    await end.fill('2099-05-01T18:30');
    await page.keyboard.press('Enter');
    await page.getByTestId('close-panel').waitFor({ state: 'detached' });
    const sent = server.requests.slice(before).map((line) => line.slice(line.lastIndexOf('/') + 1));
    expect(sent).toEqual(['absence', 'close']);
    expect([...server.homeStates.values()][0]?.absence?.untilMs).toBe(
      await page.evaluate(() => new Date('2099-05-01T18:30').getTime()),
    );
    expect(operator.errors).toEqual([]);
  });
});

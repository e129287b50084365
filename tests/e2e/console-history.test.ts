// Goal: the history of an opened home is there, honest about what nobody saw, and never in the way of an alarm; the
// same for back-tests. In a real browser, against a scripted service.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { AlertKind } from '#core/model/alert.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { alertOf } from '../support/desk-fixtures.ts';
import { DeskServer, LOG_IN, STAFF } from '../support/desk-server.ts';
import { Operator, type OperatorOptions } from '../support/operator.ts';

const FOREVER = new Promise<void>(() => undefined);

describe.skipIf(!hasChromium())('history on the card', () => {
  let browser: Browser;
  let server: DeskServer;
  const operators: Operator[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => browser?.close());
  afterEach(async () => {
    for (const operator of operators.splice(0)) await operator.leave();
    await server.stop();
  });

  async function onDuty(
    kinds: readonly AlertKind[],
    look: OperatorOptions = {},
    login: string = LOG_IN.login,
  ) {
    const nowMs = Date.now();
    const alerts = kinds.map((kind, n) => alertOf(n + 1, kind, { nowMs, agoMs: 60_000 + n * 1000 }));
    server = new DeskServer({ alerts });
    await server.start();
    const operator = await Operator.open(browser, server, look);
    operators.push(operator);
    await operator.logIn(LOG_IN.password, login);
    await operator.goOnDuty();
    return { operator, page: operator.page };
  }

  const historyRequests = () =>
    server.requests
      .filter((line) => /\/(activity|telemetry|drift)/.test(line))
      .map((line) => line.split('?')[0]);

  async function openNext(page: Page): Promise<void> {
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
  }

  it('shows where nobody could see as such, and charts by claim only', async () => {
    const { operator, page } = await onDuty(['inactivity']);
    expect(historyRequests()).toEqual([]);
    await openNext(page);
    const history = page.getByTestId('history');
    await history.getByText('斜线处没有数据').waitFor();
    await history.getByText('网关离线 gw-1').waitFor();
    // As many rooms have the hatched look as were unseen; it is not the quiet one.
    expect(await history.locator('path.cell-unseen[fill="url(#raster-hatch)"]').count()).toBe(4);
    expect(await history.locator('.raster-alert-line').count()).toBe(1);
    await history.getByText('心率：接警后显示').waitFor();
    await page.getByTestId('chart-temperature_c').waitFor();
    expect(await page.getByTestId('chart-heart_rate_bpm').count()).toBe(0);
    await page.keyboard.press('h');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('history');
    await operator.picture('history-masked-zh');
    await page.keyboard.press('Space');
    await page.getByTestId('chart-heart_rate_bpm').getByText('最低').waitFor();
    await page.getByRole('button', { name: '退回队列' }).click();
    await page.getByTestId('chart-heart_rate_bpm').waitFor({ state: 'detached' });
    expect(operator.errors).toEqual([]);
  });

  it('says in a table what the raster shows', async () => {
    const { page } = await onDuty(['inactivity'], { language: 'en' });
    await openNext(page);
    await page.getByTestId('history').getByText('As a table').click();
    const kitchen = page.getByTestId('history').locator('tr', { hasText: 'kitchen' });
    // Three hours, without the cells at their ends that were seen in part.
    await kitchen.getByText(/^(2 h 50|3 h 0) min$/).waitFor();
  });

  it('asks for longer ranges by whole days, in fewer points than pixels', async () => {
    const { page } = await onDuty(['inactivity']);
    await openNext(page);
    await page.getByTestId('chart-temperature_c').waitFor();
    await page.getByRole('button', { name: '30 天' }).click();
    await expect.poll(() => server.requests.filter((line) => line.includes('/telemetry?')).length).toBe(2);
    const [points, from] = ['points', 'from'].map((name) =>
      Number(new URL(`http://x${server.requests.at(-1)!.split(' ')[1]}`).searchParams.get(name)),
    );
    const width = await page.getByTestId('history').evaluate((element) => element.clientWidth);
    expect(points).toBeGreaterThan(100);
    expect(points).toBeLessThanOrEqual(width);
    expect(new Date(from! + 8 * 3_600_000).toISOString()).toMatch(/T00:00:00.000Z$/);
    await page.getByTestId('chart-temperature_c').waitFor();
  });

  it('shows new readings in the raster', async () => {
    const { page } = await onDuty(['inactivity']);
    await openNext(page);
    await page.getByTestId('history-live').getByText('实时更新', { exact: true }).waitFor();
    await page.getByText('以表格查看').click();
    const row = page.getByTestId('history').locator('tr', { hasText: '客厅' });
    const before = Number(await row.locator('td').nth(1).textContent());
    const reading = { gatewayId: 'gw-1', deviceId: 'pir-1', kind: 'motion', atMs: Date.now(), value: true };
    server.history.sendLive([reading]);
    await expect.poll(async () => Number(await row.locator('td').nth(1).textContent())).toBe(before + 1);
  });

  it('rings, claims and closes while every request for history hangs, and gives up what it asked', async () => {
    const { operator, page } = await onDuty(['inactivity', 'low-battery', 'device-silent']);
    server.history.heldBack = FOREVER;
    await openNext(page);
    await page.getByTestId('history').getByText('正在读取历史').waitFor();
    // Other homes are opened one after the other: each gives back the connection of the one before.
    for (let opened = 2; opened <= 3; opened += 1) {
      await openNext(page);
      await expect.poll(() => historyRequests().length).toBe(opened);
    }
    await expect.poll(() => server.history.abandonedCount).toBe(2);
    server.raise(alertOf(9, 'sos', { nowMs: Date.now() }));
    await operator.waitForSound('p1');
    await page.keyboard.press('Space');
    await page.getByTestId('lease').waitFor();
    await page.getByTestId('elder').getByText('吴桂英').waitFor();
    await page.keyboard.press('r');
    await page.getByText('先选择结果').waitFor();
    await page.keyboard.press('3');
    await page.keyboard.press('1');
    await page.keyboard.press('Enter');
    await page.getByText('已结案：紧急呼叫').waitFor();
    // The card is gone and with it the last request.
    await expect.poll(() => server.history.abandonedCount).toBe(4);
    expect(operator.errors).toEqual([]);
  });

  it('keeps a store that cannot be read, and nonsense from it, within the section', async () => {
    const { operator, page } = await onDuty(['inactivity']);
    server.history.isReachable = false;
    await openNext(page);
    await page.getByTestId('history').getByText('历史数据存储目前无法读取').first().waitFor();
    server.history.isReachable = true;
    server.history.isNonsense = true;
    await page.getByTestId('history').getByRole('button', { name: '重试' }).first().click();
    await page.getByText('此部分显示出错').waitFor();
    expect(await page.getByTestId('elder').isVisible()).toBe(true);
    server.raise(alertOf(9, 'sos', { nowMs: Date.now() }));
    await operator.waitForSound('p1');
  });

  it('says so when its code cannot be loaded, and the card stays', async () => {
    const nowMs = Date.now();
    server = new DeskServer({ alerts: [alertOf(1, 'sos', { nowMs })] });
    await server.start();
    const operator = await Operator.open(browser, server);
    operators.push(operator);
    await operator.page.route(/\/assets\/history-/, (route) => route.abort());
    await operator.beOnDuty();
    await openNext(operator.page);
    await operator.page.getByText('此部分未能载入').waitFor();
    await operator.waitForSound('p1');
    expect(await operator.page.getByTestId('elder').isVisible()).toBe(true);
  });

  it('plots the weeks of a drift, and asks for them only then', async () => {
    const { operator, page } = await onDuty(['drift', 'inactivity']);
    await openNext(page);
    await page.getByTestId('weeks').locator('rect.week-unseen').waitFor();
    expect(await page.getByTestId('weeks').locator('.week-bars li').count()).toBe(12);
    await operator.picture('history-drift-zh');
    await openNext(page);
    await page.getByTestId('chart-temperature_c').waitFor();
    expect(historyRequests().filter((line) => line?.endsWith('/drift'))).toHaveLength(1);
  });

  it('tries rules beside a queue that goes on ringing', async () => {
    const { operator, page } = await onDuty([], { language: 'en' }, STAFF.sun.login);
    await page.getByRole('button', { name: 'Back-tests' }).click();
    await page.getByLabel('What nightMs means').fill('600');
    await page.getByLabel('What dayStartMinute means').fill('07:30');
    await page.getByLabel('What isOn means').selectOption('off');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByTestId('backtest-result').getByRole('progressbar').waitFor();
    expect(server.history.orders).toMatchObject([
      {
        rules: { inactivity: { nightMs: 36_000_000, dayStartMinute: 450, isOn: 0 } },
        districtCode: '330106',
      },
    ]);
    server.raise(alertOf(9, 'sos', { nowMs: Date.now() }));
    await operator.waitForSound('p1');
    expect(await operator.rows().first().isVisible()).toBe(true);
    await page.getByText('Warning: 1 alerts in which help was needed').waitFor();
    await page.getByText('Would not be raised · 13').click();
    await page.getByText('12 more').waitFor({ state: 'detached' });
    await page.getByText('11 more').waitFor();
    await operator.picture('backtest-en');
    await page.keyboard.press('Escape');
    await page.getByTestId('card').or(page.locator('.card-none')).first().waitFor();
    await page.getByRole('button', { name: 'Back-tests' }).click();
    await page.getByLabel('Home ids, with spaces between').first().check();
    await page.getByRole('textbox', { name: 'Home ids, with spaces between' }).fill('home-1, home-2');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await expect.poll(() => server.history.orders.length).toBe(2);
    expect(server.history.orders[1]).toMatchObject({ rules: {}, homes: ['home-1', 'home-2'] });
    // Claiming from the queue brings the card, whatever page was there.
    await page.getByRole('heading', { name: 'Back-tests' }).click();
    await page.keyboard.press('Space');
    await page.getByTestId('lease').waitFor();
    expect(await page.getByTestId('backtests').count()).toBe(0);
    expect(operator.errors).toEqual([]);
  });

  it('offers no back-tests to operators', async () => {
    const { page } = await onDuty([]);
    await page.getByTestId('queue-empty').waitFor();
    expect(await page.getByRole('button', { name: '规则试算' }).count()).toBe(0);
  });

  it.each(['zh', 'en'] as const)('has no accessibility violation that axe can see (%s)', async (language) => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const { page } = await onDuty(['drift'], { language }, STAFF.sun.login);
    const violations = async (): Promise<string[]> => {
      await page.evaluate(axe);
      return page.evaluate(
        `axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.flatMap((one) =>
          one.nodes.map((node) => one.id + ': ' + node.html.slice(0, 160) + ' ' + node.failureSummary)))`,
      );
    };
    await openNext(page);
    await page.getByTestId('chart-temperature_c').waitFor();
    for (const summary of await page.locator('.history summary').all()) await summary.click();
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: language === 'zh' ? '规则试算' : 'Back-tests' }).click();
    await page.getByLabel(language === 'zh' ? '白天开始时刻' : 'What dayStartMinute means').waitFor();
    expect(await violations()).toEqual([]);
  });
});

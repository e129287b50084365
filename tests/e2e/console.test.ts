// Goal: the console does for an operator what it promises, in a real browser, against a scripted service.
// Method: each test starts its own service on a free port and its own browser context; pictures of the screens go
// to SCREENSHOT_DIR. Nothing is judged by the clock: tests wait for states of the page.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { AlertKind } from '#core/model/alert.ts';
import type { DeskAlert } from '#core/model/desk-message.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { alertOf } from '../support/desk-fixtures.ts';
import { DeskServer, type DeskServerOptions, STAFF } from '../support/desk-server.ts';
import { Operator, type OperatorOptions } from '../support/operator.ts';

const KINDS: AlertKind[] = [
  'sos',
  'inactivity',
  'unseen-home',
  'gateway-silent',
  'low-battery',
  'device-silent',
];

function someAlerts(count: number): DeskAlert[] {
  const nowMs = Date.now();
  return Array.from({ length: count }, (_, n) =>
    alertOf(n, KINDS[n % KINDS.length]!, { nowMs, agoMs: 20_000 + ((n * 37_000) % 5_400_000) }),
  );
}

/** Five alerts that show every mark a row can have. */
function fiveAlerts(): DeskAlert[] {
  const nowMs = Date.now();
  const claim = { staffId: STAFF.zhou.staffId, token: 7, atMs: nowMs, expiresAtMs: nowMs + 90_000 };
  return [
    alertOf(1, 'sos', { nowMs, agoMs: 74_000, change: { causeCount: 3, escalationLevel: 2 } }),
    alertOf(2, 'fall', { nowMs, agoMs: 38_000, change: { handling: 'claimed', claim } }),
    alertOf(3, 'inactivity', { nowMs, agoMs: 421_000 }),
    alertOf(4, 'unseen-home', { nowMs, agoMs: 3_900_000, change: { condition: 'cleared' } }),
    alertOf(5, 'low-battery', { nowMs, agoMs: 9_000_000, change: { lateByMs: 1_500_000 } }),
  ];
}

describe.skipIf(!hasChromium())('console', () => {
  let browser: Browser;
  const servers: DeskServer[] = [];
  const operators: Operator[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => browser?.close());
  afterEach(async () => {
    for (const operator of operators.splice(0)) await operator.leave();
    for (const server of servers.splice(0)) await server.stop();
  });

  async function serve(options: DeskServerOptions = {}): Promise<DeskServer> {
    const server = new DeskServer(options);
    servers.push(server);
    await server.start();
    return server;
  }

  async function visit(server: DeskServer, options: OperatorOptions = {}): Promise<Operator> {
    const operator = await Operator.open(browser, server, options);
    operators.push(operator);
    return operator;
  }

  async function onDuty(options: DeskServerOptions = {}, look: OperatorOptions = {}) {
    const server = await serve(options);
    const operator = await visit(server, look);
    await operator.beOnDuty();
    return { server, operator, page: operator.page };
  }

  it('logs in with fields that password managers know, and says why not', async () => {
    const operator = await visit(await serve());
    const { page } = operator;
    await expect.poll(() => page.locator('input[name=login]').getAttribute('autocomplete')).toBe('username');
    expect(await page.locator('input[name=password]').getAttribute('autocomplete')).toBe('current-password');
    await operator.logIn('wrong');
    await page.getByText('账号或密码不正确').waitFor();
    await operator.picture('login-zh');
    await operator.logIn();
    await page.getByRole('button', { name: '上岗' }).waitFor();
    await operator.picture('duty-zh');
    await operator.goOnDuty();
    await page.getByTestId('queue-empty').waitFor();
    await operator.picture('queue-0-zh');
    expect(operator.errors).toEqual([]);
  });

  it('shows and sounds a new SOS until somebody claims it', async () => {
    const { server, operator, page } = await onDuty();
    await operator.waitForSound('quiet');
    const sos = server.raise(alertOf(1, 'sos', { nowMs: Date.now() }));
    await operator.rows().waitFor();
    await operator.waitForSound('p1');
    expect(await page.title()).toContain('(1)');
    await expect.poll(() => page.getByTestId('announced').textContent()).toContain('紧急呼叫');
    expect(await page.locator('html').getAttribute('data-sound-health')).toBe('ready');
    server.claimFor(sos.id, STAFF.zhou.staffId);
    await operator.waitForSound('quiet');
    await page.getByText('周敏 在处置').first().waitFor();
  });

  it('silences for this console only, and a new emergency sounds again', async () => {
    const { server, operator, page } = await onDuty({ alerts: fiveAlerts() });
    await operator.waitForSound('p1');
    await page.keyboard.press('s');
    await operator.waitForSound('quiet');
    await page.locator('.sound-silenced').waitFor();
    server.raise(alertOf(8, 'smoke', { nowMs: Date.now() }));
    await operator.waitForSound('p1');
  });

  it('handles an alert by keyboard alone: claim, acknowledge, note, close', async () => {
    const { server, operator, page } = await onDuty({ alerts: fiveAlerts() });
    await operator.rows().first().waitFor();
    await page.keyboard.press('Space');
    await page.getByTestId('lease').waitFor();
    await page.getByText('张桂英').or(page.getByText('王桂英')).first().waitFor();
    await page.locator('a[data-contact="1"][href^="tel:138"]').waitFor();
    await operator.picture('card-open-zh');
    await page.keyboard.press('a');
    await page.getByText('已确认，处置中').waitFor();
    await page.keyboard.press('n');
    await page.keyboard.type('已电话联系儿子 1 2 c r');
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('notes').getByText('已电话联系儿子 1 2 c r').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('r');
    await page.getByTestId('close-panel').waitFor();
    await operator.picture('close-panel-zh');
    await page.keyboard.press('3');
    await page.keyboard.press('1');
    await operator.picture('close-panel-chosen-zh');
    await page.keyboard.press('Enter');
    await page.getByText('已结案：紧急呼叫').waitFor();
    expect(await operator.rows().count()).toBe(4);
    expect(server.alerts.size).toBe(4);
    expect(server.requests.filter((line) => line.endsWith('/close'))).toHaveLength(1);
    expect(operator.errors).toEqual([]);
  });

  it('loses no key of a hand that is faster than the screen', async () => {
    const { server, page } = await onDuty({ alerts: fiveAlerts() });
    await page.keyboard.press('Space');
    await page.getByTestId('lease').waitFor();
    // Nothing is painted between these keys, and no timer runs.
    await page.evaluate(async () => {
      for (const key of ['r', '3', '1', 'Enter']) {
        const target = document.activeElement ?? document.body;
        target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
      }
    });
    await page.getByText('已结案：紧急呼叫').waitFor();
    expect(server.requests.filter((line) => line.endsWith('/close'))).toHaveLength(1);
  });

  it('claims the most urgent alert with Space, whatever row the cursor is on', async () => {
    const { server, page } = await onDuty({ alerts: fiveAlerts() });
    for (let n = 0; n < 4; n += 1) await page.keyboard.press('j');
    await page.locator('li.row.is-cursor.p3').waitFor();
    await page.keyboard.press('Space');
    await page.getByTestId('lease').waitFor();
    const claimed = [...server.alerts.values()].find((alert) => alert.claim?.staffId === STAFF.lin.staffId);
    expect(claimed?.kind).toBe('sos');
  });

  it('shows a claim only after the answer, and who holds it after a refusal', async () => {
    const { server, page } = await onDuty({ alerts: [alertOf(1, 'sos', { nowMs: Date.now() })] });
    let answer = (): void => undefined;
    server.ordersHeldBack = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.keyboard.press('Space');
    await page.getByText('正在确认…').first().waitFor();
    expect(await page.getByTestId('lease').count()).toBe(0);
    expect(await page.locator('html').getAttribute('data-sound')).toBe('p1');
    // The colleague was faster; this screen has not heard of it when the refusal comes.
    server.claimFor([...server.alerts.keys()][0]!, STAFF.zhou.staffId);
    answer();
    await page.getByTestId('remark').getByText('周敏 已接警').waitFor();
    expect(await page.getByTestId('lease').count()).toBe(0);
  });

  it('masks the elder until the claim and again after it', async () => {
    const { page } = await onDuty({ alerts: [alertOf(1, 'sos', { nowMs: Date.now() })] });
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByTestId('elder').getByText('王*').waitFor();
    expect(await page.locator('a[href^="tel:"]').count()).toBe(0);
    await page.getByTestId('card').getByRole('button', { name: '接警' }).click();
    await page.getByTestId('elder').getByText('王桂英').waitFor();
    await page.getByRole('button', { name: '退回队列' }).click();
    await page.getByTestId('elder').getByText('王*').waitFor();
    expect(await page.getByText('王桂英').count()).toBe(0);
  });

  it('renews the claim while the operator works, at most every 30 s', async () => {
    const server = await serve({ alerts: [alertOf(1, 'sos', { nowMs: Date.now() })] });
    const { page, ...operator } = await visit(server);
    void operator;
    const claims = () => server.requests.filter((line) => line.endsWith('/claim')).length;
    await page.clock.install();
    await operators.at(-1)!.beOnDuty();
    await page.keyboard.press('Space');
    await page.getByTestId('lease').waitFor();
    await page.keyboard.press('j');
    await page.mouse.move(300, 300);
    expect(claims()).toBe(1);
    await page.clock.fastForward(31_000);
    await page.mouse.move(320, 310);
    await expect.poll(claims).toBe(2);
    await page.mouse.move(330, 310);
    expect(claims()).toBe(2);
  });

  it('says NOT RECEIVING when the line is cut, and recovers by itself without a gap', async () => {
    const { server, operator, page } = await onDuty({
      alerts: [alertOf(3, 'low-battery', { nowMs: Date.now() })],
    });
    await operator.rows().waitFor();
    server.takesScreens = false;
    server.drop(1012);
    await page.getByTestId('not-receiving').waitFor();
    await operator.waitForSound('not-receiving');
    expect(await page.title()).toContain('未在接收');
    await operator.picture('not-receiving-zh');
    server.raise(alertOf(9, 'sos', { nowMs: Date.now() }));
    server.takesScreens = true;
    await operator.rows().nth(1).waitFor();
    expect(await page.getByTestId('not-receiving').count()).toBe(0);
    await operator.waitForSound('p1');
    // It came with the cursor it stood at.
    expect(server.arrivals.at(-1)).toBe('100:0');
  });

  it('says NOT RECEIVING when the server hangs with the socket open', async () => {
    const server = await serve({ heartbeatMs: 200 });
    const operator = await visit(server);
    await operator.beOnDuty();
    server.speaks = false;
    server.takesScreens = false;
    await operator.page.getByTestId('not-receiving').waitFor({ timeout: 60_000 });
    await operator.waitForSound('not-receiving');
  });

  it('fetches a snapshot when a message is missing', async () => {
    const { server, operator } = await onDuty();
    server.change(alertOf(1, 'sos', { nowMs: Date.now() }), 'raised', true);
    server.raise(alertOf(2, 'fall', { nowMs: Date.now() }));
    await operator.rows().nth(1).waitFor();
    expect(server.arrivals).toEqual([null, null]);
    expect(await operator.page.getByTestId('not-receiving').count()).toBe(0);
  });

  it('finds by the heartbeat that the last message was lost', async () => {
    const server = await serve({ heartbeatMs: 300 });
    const operator = await visit(server);
    await operator.beOnDuty();
    server.change(alertOf(1, 'sos', { nowMs: Date.now() }), 'raised', true);
    await operator.rows().waitFor();
    await operator.waitForSound('p1');
  });

  it('keeps the queue in sight and sounding when the session has expired', async () => {
    const { server, operator, page } = await onDuty({ alerts: fiveAlerts() });
    await operator.rows().first().waitFor();
    server.hasSession = false;
    server.drop(4401);
    await page.getByTestId('reauth').waitFor();
    expect(await operator.rows().first().isVisible()).toBe(true);
    expect(await operator.sound()).toBe('p1');
    await operator.picture('reauthentication-zh');
    await page.getByTestId('reauth').locator('input[name=password]').fill('correct horse battery');
    await page.keyboard.press('Enter');
    await page.locator('html[data-link=receiving]').waitFor();
    await page.getByTestId('reauth').waitFor({ state: 'detached' });
  });

  it('does not move the row under the pointer when an alert comes in above', async () => {
    const { server, operator, page } = await onDuty({ alerts: someAlerts(5) });
    const row = operator.rows().nth(2);
    await row.hover();
    const before = await row.boundingBox();
    const id = await row.getAttribute('data-alert');
    server.raise(alertOf(77, 'fall', { nowMs: Date.now() - 9_000_000 }));
    await page.getByTestId('queue-new').getByText('1 条新报警').waitFor();
    const after = await page.locator(`[data-alert="${id}"]`).boundingBox();
    expect(after?.y).toBe(before?.y);
    await operator.picture('new-above-zh');
    await page.getByTestId('queue-new').click();
    await page.getByTestId('queue-new').waitFor({ state: 'detached' });
  });

  it('draws a window of 500 alerts, not all of them', async () => {
    const { server, operator, page } = await onDuty({ alerts: someAlerts(500) });
    await operator.rows().first().waitFor();
    await page.getByText('500 条').waitFor();
    await operator.picture('queue-500-zh');
    expect(await operator.rows().count()).toBeLessThanOrEqual(200);
    await page.locator('.queue-scroller').evaluate((element) => element.scrollTo(0, 20_000));
    await expect.poll(() => operator.rows().first().getAttribute('aria-posinset')).not.toBe('1');
    for (let n = 0; n < 30; n += 1) await page.keyboard.press('ArrowDown');
    await page.locator('li.row.is-cursor').waitFor();
    expect(server.alerts.size).toBe(500);
  });

  it('filters, but never hides an unclaimed emergency', async () => {
    const { operator, page } = await onDuty({ alerts: fiveAlerts() });
    await operator.rows().first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('低电量');
    await expect.poll(() => operator.rows().count()).toBe(2);
    await page.getByText('已隐藏 3 条').waitFor();
    expect(await page.locator('li.row.p1.is-unclaimed').count()).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(() => operator.rows().count()).toBe(5);
  });

  it('can switch single-key shortcuts off', async () => {
    const { server, operator, page } = await onDuty({ alerts: fiveAlerts() });
    await operator.rows().first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: '快捷键' }).waitFor();
    await operator.picture('help-zh');
    await page.getByLabel('启用单键快捷键').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Space');
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await page.locator('li.row.is-cursor').waitFor();
    expect(server.requests.some((line) => line.endsWith('/claim'))).toBe(false);
  });

  it('changes the language without reload and keeps what is open', async () => {
    const { operator, page } = await onDuty({ alerts: fiveAlerts() });
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByTestId('explanation').getByText('有人按下了紧急呼叫按钮').waitFor();
    await page.getByTestId('language').click();
    await page.getByTestId('explanation').getByText('Somebody pressed an emergency button').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en-GB');
    await operator.picture('card-open-masked-en');
    expect(await operator.rows().count()).toBe(5);
  });

  it('shows a recording as a recording', async () => {
    const { operator, page } = await onDuty({ clock: 'recording', alerts: someAlerts(5) });
    await page.getByTestId('recording').getByText('回放 / RECORDING').waitFor();
    await operator.picture('recording-zh');
  });

  it('shows a hostile name as text', async () => {
    const payload = '<img src=x onerror="globalThis.stolen=1"><script>globalThis.stolen=1</script>';
    const home = { districtName: payload, maskedElderName: payload, age: 80, maskedAddress: payload };
    const alert = alertOf(1, 'sos', { nowMs: Date.now(), change: { home, room: payload } });
    const { page } = await onDuty({ alerts: [alert], elderName: payload });
    await page.keyboard.press('Space');
    await page.getByTestId('elder').getByText(payload).waitFor();
    expect(await page.locator('#console img, #console script').count()).toBe(0);
    expect(await page.evaluate('globalThis.stolen')).toBeUndefined();
  });

  it('tells of a failing service and an upgrade, and stays readable at 200 % zoom', async () => {
    const { server, operator, page } = await onDuty(
      { alerts: fiveAlerts() },
      { language: 'en', width: 683, height: 384 },
    );
    server.say({ type: 'notice', code: 'unrecorded-sos', atMs: Date.now(), params: {} });
    await page.getByText('could not record it').waitFor();
    await page.getByRole('button', { name: 'Understood' }).click();
    await page.getByText('could not record it').waitFor({ state: 'detached' });
    await operator.picture('zoom-200-en');
    const isWiderThanScreen = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    expect(isWiderThanScreen).toBe(false);
  });

  it.each(['zh', 'en'] as const)('has no accessibility violation that axe can see (%s)', async (language) => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const violations = async (page: Operator['page']): Promise<string[]> => {
      await page.evaluate(axe);
      return page.evaluate(
        `axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.flatMap((one) =>
          one.nodes.map((node) => one.id + ': ' + node.html.slice(0, 160) + ' ' + node.failureSummary)))`,
      );
    };
    const server = await serve({ alerts: fiveAlerts() });
    const operator = await visit(server, { language });
    const { page } = operator;
    await page.locator('input[name=login]').waitFor();
    expect(await violations(page)).toEqual([]);
    await operator.logIn();
    await page.locator('button.primary.large').waitFor();
    expect(await violations(page)).toEqual([]);
    await operator.goOnDuty();
    await operator.rows().first().waitFor();
    await operator.picture(`queue-5-${language}`);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Space');
    await page.getByTestId('lease').waitFor();
    await page.locator('a[data-contact="1"]').waitFor();
    await operator.picture(`card-claimed-${language}`);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('r');
    await page.keyboard.press('1');
    expect(await violations(page)).toEqual([]);
    await operator.picture(`close-panel-${language}`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    server.takesScreens = false;
    server.drop(1012);
    await page.getByTestId('not-receiving').waitFor();
    expect(await violations(page)).toEqual([]);
    await operator.picture(`not-receiving-card-${language}`);
  });
});

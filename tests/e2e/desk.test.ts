// The whole way with a real browser at its end: a gateway publishes, the operator sees, hears, claims and closes by
// keyboard; the service is stopped and started in between, and the screen says so and catches up.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { Operator } from '../support/operator.ts';
import { ADMIN_PASSWORD, type ServiceUnderTest, startService, topicOf } from '../support/service.ts';

describe.skipIf(!hasChromium())('an operator at the real service', () => {
  let browser: Browser;
  let service: ServiceUnderTest;

  beforeAll(async () => {
    browser = await launchChromium();
    service = await startService({ homes: 2 });
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
  });

  async function press(id: string, index = 0): Promise<void> {
    const gateway = await service.gateway(index);
    const topic = topicOf(service.homes[index]!, 'sos-button');
    await gateway.publishAsync(topic, `{"id":"${id}","kind":"button","value":"sos"}`, { qos: 1 });
    await gateway.endAsync();
  }

  it('sees, hears, claims, and closes a press by keyboard', async () => {
    const operator = await Operator.open(browser, { url: service.started.http });
    const { page } = operator;
    await operator.logIn(ADMIN_PASSWORD, 'admin');
    await operator.goOnDuty();
    expect(await operator.rows().count()).toBe(0);
    await operator.picture('real-empty-zh');
    await press('one');
    await operator.rows().first().waitFor();
    await operator.waitForSound('p1');
    await page.keyboard.press('Space');
    await page.getByTestId('lease').waitFor();
    await operator.waitForSound('quiet');
    await page.locator('a[data-contact="1"][href^="tel:"]').waitFor();
    await page.keyboard.press('a');
    await page.keyboard.press('r');
    await page.getByTestId('close-panel').waitFor();
    await page.keyboard.press('4');
    await page.keyboard.press('1');
    await page.keyboard.press('Enter');
    await expect.poll(() => operator.rows().count()).toBe(0);
    const { items } = await service.api.get<{ items: { handling: string; closedBy: string }[] }>('/alerts');
    expect(items[0]).toMatchObject({ handling: 'closed', outcome: { code: 'AWAY', detail: 'known' } });
    expect(operator.errors).toEqual([]);
    await operator.leave();
  });

  it('two screens see one claim; the second operator is told who was faster', async () => {
    const operators = await Promise.all(
      [1, 2].map(() => Operator.open(browser, { url: service.started.http })),
    );
    for (const operator of operators) {
      await operator.logIn(ADMIN_PASSWORD, 'admin');
      await operator.goOnDuty();
    }
    await press('two', 1);
    const [first, second] = operators as [Operator, Operator];
    await first.rows().first().waitFor();
    await second.rows().first().waitFor();
    await first.page.keyboard.press('Space');
    await second.page
      .getByText(/我在处置|held by me/i)
      .first()
      .waitFor();
    for (const operator of operators) await operator.leave();
  });
});

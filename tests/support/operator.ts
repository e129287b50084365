// An operator at a browser: logs in, goes on duty, presses keys, and takes pictures of the screen.

import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

import { LOG_IN } from './desk-server.ts';

export interface OperatorOptions {
  readonly language?: 'zh' | 'en';
  readonly width?: number;
  readonly height?: number;
}

export class Operator {
  readonly page: Page;
  /** Errors of the page: uncaught ones, and what the browser refused by the content policy. */
  readonly errors: string[] = [];
  readonly #context: BrowserContext;

  constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      // Refused requests (401 before log-in, 409) are written by the browser itself.
      if (
        message.type() === 'error' &&
        !/Failed to load resource|WebSocket connection/.test(message.text())
      ) {
        this.errors.push(message.text());
      }
    });
  }

  static async open(
    browser: Browser,
    server: { readonly url: string },
    options: OperatorOptions = {},
  ): Promise<Operator> {
    const { language = 'zh', width = 1366, height = 768 } = options;
    const context = await browser.newContext({
      viewport: { width, height },
      locale: language === 'zh' ? 'zh-CN' : 'en-GB',
      timezoneId: 'Asia/Shanghai',
      reducedMotion: 'no-preference',
    });
    const operator = new Operator(context, await context.newPage());
    await operator.page.goto(server.url);
    return operator;
  }

  /** By keyboard only, as in everyday use. */
  async logIn(password: string = LOG_IN.password, login: string = LOG_IN.login): Promise<void> {
    await this.page.locator('input[name=login]').fill(login);
    await this.page.locator('input[name=password]').fill(password);
    await this.page.keyboard.press('Enter');
  }

  async goOnDuty(): Promise<void> {
    await this.page.locator('button.primary.large').press('Enter');
    await this.page.locator('html[data-link=receiving]').waitFor();
  }

  async beOnDuty(): Promise<void> {
    await this.logIn();
    await this.goOnDuty();
  }

  rows(): Locator {
    return this.page.locator('li.row');
  }

  sound(): Promise<string | null> {
    return this.page.locator('html').getAttribute('data-sound');
  }

  async waitForSound(mode: string): Promise<void> {
    await this.page.locator(`html[data-sound=${mode}]`).waitFor();
  }

  async picture(name: string): Promise<void> {
    const folder = process.env['SCREENSHOT_DIR'] ?? join(tmpdir(), 'shouwang-screenshots');
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  async leave(): Promise<void> {
    await this.#context.close();
  }
}

// Goal: a question goes out once, in words a terminal understands, and nothing that fails here is felt elsewhere.

import { expect, test } from 'vitest';
import type { Effect, PromptEffect } from '#core/model/effect.ts';
import { createPrompter } from '#runtime/prompter.ts';

const NOW_MS = Date.parse('2026-03-02T05:50:00Z');
const ASKED: Effect & PromptEffect = {
  ...{ type: 'prompt', change: 'asked', homeId: 'h', gateway: 1, gatewayId: 'g', deviceId: 'terminal' },
  ...{ promptId: 'h~inactivity~7', reason: 'inactivity', untilMs: NOW_MS + 600_000 },
  ...{ offset: 7, index: 0, atMs: NOW_MS },
};

function prompterWith(answer: () => Promise<'sent' | 'offline'>) {
  const sent: unknown[] = [];
  const logged: string[] = [];
  const log = {
    info: (_fields: object, message: string) => void logged.push(`info ${message}`),
    warn: (_fields: object, message: string) => void logged.push(`warn ${message}`),
  };
  const sender = {
    sendCommand: (gatewayId: string, suffix: string, payload: Uint8Array) => {
      sent.push([gatewayId, suffix, JSON.parse(Buffer.from(payload).toString())]);
      return answer();
    },
  };
  return { sent, logged, prompt: createPrompter({ sender, log, nowMs: () => NOW_MS }) };
}

test('asking and withdrawing are commands to the terminal, in order; other effects are none', () => {
  const { sent, prompt } = prompterWith(async () => 'sent');
  const refused: Effect = {
    ...{ type: 'home-command-refused', homeId: null, staffId: 's', refusal: 'no-such-home' },
    ...{ offset: 1, index: 0, atMs: NOW_MS },
  };
  prompt([refused, ASKED, { ...ASKED, change: 'withdrawn', index: 1 }]);
  const ask = {
    ...{ id: 'h~inactivity~7', kind: 'ask', question: 'are-you-well' },
    ...{ until: '2026-03-02T06:00:00.000Z', forSeconds: 600, repeatEverySeconds: 30 },
  };
  expect(sent).toEqual([
    ['g', 'terminal', ask],
    ['g', 'terminal', { id: 'h~inactivity~7', kind: 'withdraw' }],
  ]);
});

test('a question whose alert is due already is not asked', () => {
  const { sent, prompt } = prompterWith(async () => 'sent');
  prompt([{ ...ASKED, untilMs: NOW_MS }]);
  expect(sent).toEqual([]);
});

test('a sender that fails, at once or later, is a line in the log', async () => {
  const late = prompterWith(() => Promise.reject(new Error('gone')));
  const early = prompterWith(() => {
    throw new Error('broken');
  });
  const offline = prompterWith(async () => 'offline');
  for (const { prompt } of [late, early, offline]) expect(() => prompt([ASKED])).not.toThrow();
  await new Promise((resolve) => setImmediate(resolve));
  expect(late.logged).toEqual(['warn a question could not be carried']);
  expect(early.logged).toEqual(['warn a question could not be carried']);
  expect(offline.logged).toEqual(['info no session to carry a question']);
});

// Carries the core's questions to the terminals: one MQTT command for asking, one for withdrawing. Called on the
// alarm's way, so it hands over and returns; a command that does not arrive is a line in the log and changes nothing,
// because the alert comes by itself (ADR 0014). Only effects of entries that are new are carried: a replay after a
// restart asks nobody again. Runs beside the live clock only: a recording speaks to no one.

import type { Effect, PromptEffect } from '#core/model/effect.ts';

/** Pause between two times of asking (rule R15, Tunstall Lifeline 4000). */
export const REPEAT_EVERY_SECONDS = 30;

/** What the broker offers. */
export interface CommandSender {
  /** `offline`: the gateway has no session now; commands are never kept for later. */
  sendCommand(gatewayId: string, suffix: string, payload: Uint8Array): Promise<'sent' | 'offline'>;
}

export interface PrompterLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface PrompterOptions {
  readonly sender: CommandSender;
  readonly log: PrompterLog;
  readonly nowMs: () => number;
}

/** Never throws, never waits. */
export function createPrompter(options: PrompterOptions): (effects: readonly Effect[]) => void {
  return (effects) => {
    for (const effect of effects) if (effect.type === 'prompt') void carry(options, effect);
  };
}

async function carry({ sender, log, nowMs }: PrompterOptions, prompt: PromptEffect): Promise<void> {
  const { change, promptId, gatewayId, deviceId } = prompt;
  const leftMs = prompt.untilMs - nowMs();
  // Decided while we caught up after an outage: too late to ask.
  if (change === 'asked' && leftMs <= 0) return;
  const command = change === 'asked' ? askCommand(prompt, leftMs) : { id: promptId, kind: 'withdraw' };
  try {
    const outcome = await sender.sendCommand(gatewayId, deviceId, Buffer.from(JSON.stringify(command)));
    if (outcome === 'offline') log.info({ promptId, gatewayId, change }, 'no session to carry a question');
  } catch (error) {
    log.warn({ error, promptId, gatewayId, change }, 'a question could not be carried');
  }
}

function askCommand({ promptId, untilMs }: PromptEffect, leftMs: number): object {
  return {
    id: promptId,
    kind: 'ask',
    question: 'are-you-well',
    until: new Date(untilMs).toISOString(),
    // A terminal whose clock is wrong still stops in time.
    forSeconds: Math.ceil(leftMs / 1000),
    repeatEverySeconds: REPEAT_EVERY_SECONDS,
  };
}

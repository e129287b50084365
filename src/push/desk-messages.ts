// Frames of the desk socket. An alert's JSON is made elsewhere, once; here it is only joined into messages.
// Codes and cursors are written by us and hold nothing that JSON must escape.

import type { HeartbeatMessage, HelloMessage, NoticeMessage } from '#core/model/desk-message.ts';
import { effectId } from '#core/model/effect.ts';
import type { StoredAlertEffect } from './recent-effects.ts';

export function encode(message: HelloMessage | HeartbeatMessage | NoticeMessage): Buffer {
  return Buffer.from(JSON.stringify(message));
}

export function encodeSnapshot(cursor: string, alerts: readonly string[]): Buffer {
  return Buffer.from(`{"type":"snapshot","cursor":"${cursor}","alerts":[${alerts.join(',')}]}`);
}

/**
 * Frames of one effect. They differ by `previous` only, and nearly all screens stand at the same cursor: the
 * frame made last is used again.
 */
export function createAlertFrames(
  effect: StoredAlertEffect,
  alertJson: string,
): (previous: string) => Buffer {
  const start = `{"type":"alert","cursor":"${effectId(effect)}","previous":"`;
  const rest = `","change":"${effect.change}","alert":${alertJson}}`;
  let madeFor: string | null = null;
  let frame = Buffer.alloc(0);
  return (previous) => {
    if (previous === madeFor) return frame;
    madeFor = previous;
    frame = Buffer.from(start + previous + rest);
    return frame;
  };
}

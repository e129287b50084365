// Notices about the service itself that a screen coming a moment later must still see: somebody may have
// pressed while the storage was full and no screen was connected. Bounded by time and number.

import type { NoticeMessage } from '#core/model/desk-message.ts';

/** 10 minutes: long enough for a reconnect or the next person at the desk; a lasting fault is told again. */
const KEPT_MS = 10 * 60_000;
/** 100: more notices than that in 10 minutes say nothing new. */
const KEPT_MAX = 100;

/** `districtCode` null: for everybody. */
export interface DeskNotice {
  readonly message: NoticeMessage;
  readonly districtCode: string | null;
}

export interface DeskNotices {
  keep(notice: DeskNotice): void;
  recent(nowMs: number): readonly DeskNotice[];
}

export function createDeskNotices(): DeskNotices {
  let kept: DeskNotice[] = [];
  return {
    keep(notice) {
      kept = [...kept.slice(1 - KEPT_MAX), notice];
    },
    recent(nowMs) {
      kept = kept.filter(({ message }) => nowMs - message.atMs < KEPT_MS);
      return kept;
    },
  };
}

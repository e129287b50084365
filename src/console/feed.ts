// What comes from the service: the store as a signal, kept by the link, and the service's time.
// `beat` moves the time and lets the link's watchdog look; without beats nothing here ever happens.

import { batch, type Signal, signal } from '@preact/signals';

import type { NoticeMessage } from '#core/model/desk-message.ts';
import { createLink, type LinkState, type SocketLike } from './link.ts';
import { applyMessage, type DeskState, dismissNotice, EMPTY_DESK, type News } from './store.ts';

export interface FeedOptions {
  readonly openSocket: (cursor: string | null) => SocketLike;
  readonly now: () => number;
  readonly random: () => number;
  readonly onNews: (news: readonly News[]) => void;
  readonly onRefused: () => void;
}

export interface Feed {
  readonly state: Signal<DeskState>;
  readonly link: Signal<LinkState>;
  /** The service's time, to the half second. */
  readonly nowMs: Signal<number>;
  /** How long nothing has come. */
  readonly quietMs: Signal<number>;
  start(): void;
  /** Ends the connection and forgets what was shown. */
  stop(): void;
  beat(): void;
  retry(): void;
  dismiss(notice: NoticeMessage): void;
}

export function createFeed(options: FeedOptions): Feed {
  const state = signal<DeskState>(EMPTY_DESK);
  const linkState = signal<LinkState>('connecting');
  const nowMs = signal(options.now());
  const quietMs = signal(0);
  const link = createLink({
    open: options.openSocket,
    cursor: () => state.value.cursor,
    onMessage: (message) => {
      const applied = applyMessage(state.value, message, options.now());
      batch(() => {
        state.value = applied.state;
        nowMs.value = options.now() + applied.state.clockOffsetMs;
      });
      if (applied.news.length > 0) options.onNews(applied.news);
      return applied.isGap;
    },
    onState: (next) => {
      linkState.value = next;
    },
    onRefused: options.onRefused,
    now: options.now,
    random: options.random,
  });
  return {
    state,
    link: linkState,
    nowMs,
    quietMs,
    start: () => link.start(),
    stop() {
      link.stop();
      state.value = EMPTY_DESK;
    },
    beat() {
      link.check();
      batch(() => {
        nowMs.value = options.now() + state.value.clockOffsetMs;
        quietMs.value = options.now() - link.lastMessageAtMs();
      });
    },
    retry: () => link.retry(),
    dismiss(notice) {
      state.value = dismissNotice(state.value, notice);
    },
  };
}

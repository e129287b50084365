// The console's parts put together. Components read the signals and call the functions; nothing here touches the
// DOM, so the whole console but its looks can be driven by a test.

import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';

import { type AbsenceDesk, createAbsenceDesk } from './absence.ts';
import { type AlarmSound, createAlarmSound } from './alarm-sound.ts';
import type { Api } from './api.ts';
import { type CardLoader, createCardLoader } from './card-loader.ts';
import { createFeed, type Feed } from './feed.ts';
import { createHandling, type Handling } from './handling.ts';
import { word } from './language.ts';
import type { SocketLike } from './link.ts';
import { createQueueView, type QueueView } from './queue-view.ts';
import { createSession, type Session } from './session.ts';
import type { Player } from './sound.ts';
import type { News } from './store.ts';

export interface DeskPorts {
  readonly api: Api;
  readonly openSocket: (cursor: string | null) => SocketLike;
  readonly player: Player;
  readonly now: () => number;
  readonly random: () => number;
  /** Version of the page that runs; another one in `hello` means that the service was upgraded. */
  readonly consoleVersion: string;
  readonly onNews: (news: readonly News[]) => void;
}

export type Panel = 'none' | 'help' | 'close';
export type Page = 'alert' | 'backtests';

export interface Desk {
  /** For parts that are loaded later. */
  readonly api: Api;
  readonly session: Session;
  readonly feed: Feed;
  readonly queue: QueueView;
  readonly sound: AlarmSound;
  readonly cards: CardLoader;
  readonly handling: Handling;
  readonly absences: AbsenceDesk;
  readonly isOnDuty: Signal<boolean>;
  readonly panel: Signal<Panel>;
  /** What stands beside the queue, which is always there. */
  readonly page: Signal<Page>;
  readonly isOutdated: ReadonlySignal<boolean>;
  /** The session is over: the log-in comes up, the queue goes on. */
  expire(): void;
  /** From a click: unlocks sound, plays the test tone, and begins to receive. */
  goOnDuty(): Promise<void>;
  logOut(): Promise<void>;
  /** Twice a second. */
  beat(): void;
  /** Claim the next alert and open it; null when nothing could be claimed. */
  claimNext(): Promise<string | null>;
  claim(id: string): Promise<void>;
}

export function createDesk(ports: DeskPorts): Desk {
  const isOnDuty = signal(false);
  const panel = signal<Panel>('none');
  const page = signal<Page>('alert');
  const session = createSession(ports.api);
  const expire = (): void => {
    session.isExpired.value = true;
  };
  const feed = createFeed({
    ...ports,
    onNews: (news) => {
      sound.news(news);
      ports.onNews(news);
    },
    onRefused: () => void session.refresh(),
  });
  const queue = showingWhatOpens(createQueueView(feed.state), page);
  const sound = createAlarmSound({ ...ports, isOnDuty, link: feed.link, unclaimed: queue.unclaimed });
  const cards = createCardLoader(ports.api, expire);
  const handling = createHandling({
    ...ports,
    state: feed.state,
    myStaffId: () => session.staff.value?.staffId ?? null,
    nameOf: session.nameOf,
    onExpired: expire,
  });
  followOpenAlert({ queue, cards, handling, panel });

  const claim = async (id: string): Promise<void> => {
    queue.open(id);
    await handling.claim(id);
  };
  return {
    api: ports.api,
    session,
    feed,
    queue,
    sound,
    cards,
    handling,
    absences: createAbsenceDesk({ api: ports.api, cards, handling, onExpired: expire }),
    isOnDuty,
    panel,
    page,
    isOutdated: computed(() => isOther(feed.state.value.consoleVersion, ports.consoleVersion)),
    claim,
    expire,
    async goOnDuty() {
      await sound.unlock();
      sound.test();
      isOnDuty.value = true;
      feed.start();
    },
    async logOut() {
      isOnDuty.value = false;
      feed.stop();
      queue.reset();
      page.value = 'alert';
      await session.logOut();
    },
    beat() {
      feed.beat();
      sound.beat();
    },
    async claimNext() {
      const id = await handling.claimNext(queue.cursorId.value);
      if (id !== null) queue.open(id);
      return id;
    },
  };
}

/** Whoever opens an alert sees it, whatever page was there. */
function showingWhatOpens(queue: QueueView, page: Signal<Page>): QueueView {
  return {
    ...queue,
    open(id) {
      page.value = 'alert';
      queue.open(id);
    },
  };
}

interface OpenAlertParts {
  readonly queue: QueueView;
  readonly cards: CardLoader;
  readonly handling: Handling;
  readonly panel: Signal<Panel>;
}

/** The card follows the open alert and whose claim it is; losing the claim is told. */
function followOpenAlert({ queue, cards, handling, panel }: OpenAlertParts): void {
  let heldId: string | null = null;
  effect(() => {
    const alert = queue.openAlert.value;
    const isMine = alert !== null && handling.holds(alert);
    cards.show(alert?.homeId ?? null, `${alert?.id} ${isMine ? 'mine' : 'masked'}`);
    if (!isMine && panel.peek() === 'close') panel.value = 'none';
    if (alert !== null && heldId === alert.id && !isMine && !handling.pending.peek().has(alert.id)) {
      handling.say('problem', 'answer.claimLostNow', { kind: word('kind', alert.kind) });
    }
    heldId = isMine ? alert.id : null;
  });
}

function isOther(announced: string | null, own: string): boolean {
  return announced !== null && announced !== '' && own !== '' && announced !== own;
}

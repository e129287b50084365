// What the screen knows, as a pure fold over the messages of the desk. No DOM, no clock of its own.
// Invariants: an alert's version never goes back; a closed alert never comes back by an older message;
// a message that does not follow the last one is a gap, and the caller must fetch a snapshot.

import type { Alert, AlertChange, Priority } from '#core/model/alert.ts';
import type {
  AlertMessage,
  DeskAlert,
  DeskMessage,
  NoticeMessage,
  SnapshotMessage,
} from '#core/model/desk-message.ts';

export interface DeskState {
  readonly alerts: ReadonlyMap<string, DeskAlert>;
  /** Versions of alerts closed lately, so that a repeated old message does not ring again. */
  readonly closedVersions: ReadonlyMap<string, number>;
  /** Of the last snapshot or alert; where the next connection resumes. */
  readonly cursor: string | null;
  /** Add to this computer's clock to get the server's. */
  readonly clockOffsetMs: number;
  readonly clock: 'live' | 'recording';
  readonly staffId: string | null;
  readonly consoleVersion: string | null;
  readonly notices: readonly NoticeMessage[];
  /** When the notice that staff put away was given, by code: the service repeats notices at every connection. */
  readonly dismissedAtMs: ReadonlyMap<string, number>;
}

/** What staff must hear about. `requeued`: a claim was released or lost. */
export interface News {
  readonly type: 'raised' | 'repeated' | 'requeued';
  readonly alert: DeskAlert;
}

export interface Applied {
  readonly state: DeskState;
  readonly news: readonly News[];
  readonly isGap: boolean;
}

/** A resumed connection repeats a few hundred messages at most; 1,000 closed alerts outlast that. */
const CLOSED_VERSIONS_MAX = 1_000;
/** Notices are few; a service in trouble may repeat them. */
const NOTICES_MAX = 5;

export const EMPTY_DESK: DeskState = {
  alerts: new Map(),
  closedVersions: new Map(),
  cursor: null,
  clockOffsetMs: 0,
  clock: 'live',
  staffId: null,
  consoleVersion: null,
  notices: [],
  dismissedAtMs: new Map(),
};

/** `nowMs`: this computer's clock at the moment the message came. */
export function applyMessage(state: DeskState, message: DeskMessage, nowMs: number): Applied {
  switch (message.type) {
    case 'hello':
      return quiet({
        ...state,
        clockOffsetMs: message.serverTimeMs - nowMs,
        clock: message.clock,
        staffId: message.staffId,
        consoleVersion: message.consoleVersion,
      });
    case 'heartbeat':
      // It names the last message sent to this screen: another one than ours means that something is missing.
      if (message.cursor !== state.cursor) return { state, news: [], isGap: true };
      return quiet({ ...state, clockOffsetMs: message.serverTimeMs - nowMs });
    case 'snapshot':
      return applySnapshot(state, message);
    case 'alert':
      return applyAlert(state, message, nowMs);
    case 'notice':
      return quiet(withNotice(state, message));
    default:
      // A newer server may say more than we know; an unknown word is no reason to stop listening.
      return quiet(state);
  }
}

function quiet(state: DeskState): Applied {
  return { state, news: [], isGap: false };
}

function applySnapshot(state: DeskState, message: SnapshotMessage): Applied {
  const alerts = new Map<string, DeskAlert>();
  const news: News[] = [];
  for (const alert of message.alerts) {
    const known = state.alerts.get(alert.id);
    if ((state.closedVersions.get(alert.id) ?? 0) >= alert.version) continue;
    alerts.set(alert.id, known !== undefined && known.version > alert.version ? known : alert);
    const type = newsInSnapshot(known, alert);
    if (type !== null) news.push({ type, alert });
  }
  return { state: { ...state, alerts, cursor: message.cursor }, news, isGap: false };
}

function newsInSnapshot(known: DeskAlert | undefined, alert: DeskAlert): News['type'] | null {
  if (known === undefined) return 'raised';
  if (known.version >= alert.version) return null;
  if (alert.causeCount > known.causeCount) return 'repeated';
  return alert.handling === 'raised' && known.handling !== 'raised' ? 'requeued' : null;
}

function applyAlert(state: DeskState, message: AlertMessage, nowMs: number): Applied {
  // Nothing is applied after a gap: a half-true queue looks like a true one.
  if (state.cursor === null || message.previous !== state.cursor) return { state, news: [], isGap: true };
  // A replayed recording runs faster than our clock: never show a change as coming from the future.
  const clockOffsetMs = Math.max(state.clockOffsetMs, message.alert.updatedAtMs - nowMs);
  const moved = { ...state, cursor: message.cursor, clockOffsetMs };
  const known = state.alerts.get(message.alert.id);
  const seen = Math.max(known?.version ?? 0, state.closedVersions.get(message.alert.id) ?? 0);
  if (message.alert.version <= seen) return quiet(moved);
  const type = newsOf(message.change, known);
  return {
    state: withAlert(moved, message.alert),
    news: type === null ? [] : [{ type, alert: message.alert }],
    isGap: false,
  };
}

function newsOf(change: AlertChange, known: DeskAlert | undefined): News['type'] | null {
  if (change === 'closed' || change === 'restored') return null;
  if (known === undefined) return 'raised';
  if (change === 'repeated' || change === 'returned') return 'repeated';
  return change === 'released' || change === 'lease-lost' ? 'requeued' : null;
}

function withAlert(state: DeskState, alert: DeskAlert): DeskState {
  const alerts = new Map(state.alerts);
  if (alert.handling !== 'closed') return { ...state, alerts: alerts.set(alert.id, alert) };
  alerts.delete(alert.id);
  const closedVersions = new Map(state.closedVersions).set(alert.id, alert.version);
  for (const id of closedVersions.keys()) {
    if (closedVersions.size <= CLOSED_VERSIONS_MAX) break;
    closedVersions.delete(id);
  }
  return { ...state, alerts, closedVersions };
}

/** Takes in the alert of an HTTP answer, which comes without the home's label, if it is newer. */
export function applyAnswer(state: DeskState, alert: Alert): DeskState {
  const known = state.alerts.get(alert.id);
  if (known === undefined || alert.version <= known.version) return state;
  return withAlert(state, { ...alert, home: known.home });
}

function withNotice(state: DeskState, notice: NoticeMessage): DeskState {
  if (notice.atMs <= (state.dismissedAtMs.get(notice.code) ?? 0)) return state;
  const others = state.notices.filter((other) => other.code !== notice.code);
  return { ...state, notices: [notice, ...others].slice(0, NOTICES_MAX) };
}

/** Staff have read it. The same code comes back only when it happens again. */
export function dismissNotice(state: DeskState, notice: NoticeMessage): DeskState {
  return {
    ...state,
    notices: state.notices.filter((other) => other.code !== notice.code),
    dismissedAtMs: new Map(state.dismissedAtMs).set(notice.code, notice.atMs),
  };
}

export interface QueueGroup {
  readonly priority: Priority;
  readonly alerts: readonly DeskAlert[];
}

/** The queue: by priority, in it the oldest first. Claiming does not move a row. */
export function queueOf(alerts: Iterable<DeskAlert>): QueueGroup[] {
  const groups: QueueGroup[] = [];
  const sorted = [...alerts].sort(byUrgency);
  let start = 0;
  for (let end = 1; end <= sorted.length; end += 1) {
    const priority = sorted[start]!.priority;
    if (sorted[end]?.priority === priority) continue;
    groups.push({ priority, alerts: sorted.slice(start, end) });
    start = end;
  }
  return groups;
}

function byUrgency(a: DeskAlert, b: DeskAlert): number {
  return a.priority - b.priority || a.raisedAtMs - b.raisedAtMs || (a.id < b.id ? -1 : 1);
}

export function isUnclaimed(alert: Alert): boolean {
  return alert.handling === 'raised';
}

/** Unclaimed alerts by priority; index 0 is not used. */
export function countUnclaimed(alerts: Iterable<Alert>): readonly number[] {
  const counts = [0, 0, 0, 0, 0, 0];
  for (const alert of alerts) if (isUnclaimed(alert)) counts[alert.priority]! += 1;
  return counts;
}

/** What Space claims: `preferredId` when nothing unclaimed is more urgent, else the top of the queue. */
export function nextToClaim(
  alerts: ReadonlyMap<string, DeskAlert>,
  preferredId: string | null,
): DeskAlert | null {
  const top = [...alerts.values()].filter(isUnclaimed).sort(byUrgency)[0];
  if (top === undefined) return null;
  const preferred = preferredId === null ? undefined : alerts.get(preferredId);
  const isPreferable =
    preferred !== undefined && isUnclaimed(preferred) && preferred.priority === top.priority;
  return isPreferable ? preferred : top;
}

// HTTP to the service. Every answer is a value: ok, or a code from the problem document (RFC 9457).
// A request that got no answer is sent once more with the same Idempotency-Key, so it cannot count twice;
// after that it is `unreachable`, and the screen says "not confirmed" instead of guessing.

import type { Alert } from '#core/model/alert.ts';
import type { Outcome } from '#core/model/command.ts';
import type { HomeState } from '#core/model/home-state.ts';
import type { HomeCard } from './home-card.ts';

export interface Staff {
  readonly staffId: string;
  readonly login: string;
  readonly name: string;
  readonly role: 'operator' | 'supervisor' | 'integrator' | 'administrator';
  readonly districtCode: string | null;
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly code: string; readonly heldBy: string | null };

export type AlertOrder =
  | { readonly action: 'claim' }
  | { readonly action: 'release' | 'acknowledge'; readonly token: number }
  | { readonly action: 'notes'; readonly text: string }
  | {
      readonly action: 'close';
      readonly token: number;
      readonly outcome: Outcome;
      readonly note: string | null;
    };

export interface Api {
  logIn(login: string, password: string): Promise<Answer<Staff>>;
  whoAmI(): Promise<Answer<Staff>>;
  logOut(): Promise<Answer<null>>;
  order(alertId: string, order: AlertOrder): Promise<Answer<Alert>>;
  card(homeId: string): Promise<Answer<HomeCard>>;
  declareAway(homeId: string, untilMs: number, note: string | null): Promise<Answer<HomeState>>;
  declareBack(homeId: string): Promise<Answer<HomeState>>;
  /** Any page of the service, asked once; `signal` ends the wait. For what may fail without harm. */
  get<T>(path: string, signal: AbortSignal): Promise<Answer<T>>;
  post<T>(path: string, body: unknown): Promise<Answer<T>>;
  remove(path: string): Promise<Answer<null>>;
  /** Names by staff id, as far as this person may see them. */
  staffNames(): Promise<ReadonlyMap<string, string>>;
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Longer than any honest answer; a claim that hangs must not keep the operator waiting on it. */
const ANSWER_LIMIT_MS = 8_000;

export function createApi(fetch: Fetch, makeKey: () => string): Api {
  const send = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
    const init = requestOf(method, body, makeKey());
    const first = await attempt<T>(fetch, path, init);
    return !first.ok && first.code === 'unreachable' ? attempt<T>(fetch, path, init) : first;
  };
  return {
    logIn: async (login, password) =>
      pick(await send<{ staff: Staff }>('POST', '/session', { login, password }), (body) => body.staff),
    // Accepts both `{staff}` and the bare staff object.
    whoAmI: async () =>
      pick(await send<Staff & { staff?: Staff }>('GET', '/session'), (body) => body.staff ?? body),
    logOut: () => send<null>('DELETE', '/session'),
    order: async (alertId, order) =>
      pick(
        await send<{ alert: Alert }>(
          'POST',
          `/alerts/${encodeURIComponent(alertId)}/${order.action}`,
          bodyOf(order),
        ),
        (body) => body.alert,
      ),
    card: (homeId) => send<HomeCard>('GET', `/homes/${encodeURIComponent(homeId)}/card`),
    declareAway: async (homeId, untilMs, note) =>
      stateOf(await send('POST', absencePath(homeId), { untilMs, ...(note === null ? {} : { note }) })),
    declareBack: async (homeId) => stateOf(await send('DELETE', absencePath(homeId))),
    get: (path, signal) => attempt(fetch, path, requestOf('GET', undefined, ''), signal),
    post: (path, body) => send('POST', path, body),
    remove: (path) => send('DELETE', path),
    staffNames: async () => {
      const answer = await send<{ items: readonly Staff[] }>('GET', '/staff?limit=200');
      return new Map(answer.ok ? answer.value.items.map((staff) => [staff.staffId, staff.name]) : []);
    },
  };
}

function absencePath(homeId: string): string {
  return `/homes/${encodeURIComponent(homeId)}/absence`;
}

function stateOf(answer: Answer<{ state: HomeState }>): Answer<HomeState> {
  return pick(answer, (body) => body.state);
}

function bodyOf(order: AlertOrder): unknown {
  switch (order.action) {
    case 'claim':
      return {};
    case 'notes':
      return { text: order.text };
    case 'close': {
      const { token, outcome, note } = order;
      return { token, code: outcome.code, detail: outcome.detail, ...(note === null ? {} : { note }) };
    }
    default:
      return { token: order.token };
  }
}

function requestOf(method: string, body: unknown, idempotencyKey: string): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method === 'POST') headers['idempotency-key'] = idempotencyKey;
  const payload = body === undefined ? {} : { body: JSON.stringify(body) };
  return { method, headers, credentials: 'same-origin', cache: 'no-store', ...payload };
}

async function attempt<T>(
  fetch: Fetch,
  path: string,
  init: RequestInit,
  signal: AbortSignal = AbortSignal.timeout(ANSWER_LIMIT_MS),
): Promise<Answer<T>> {
  try {
    return await read<T>(await fetch(`/api/v1${path}`, { ...init, signal }));
  } catch {
    return { ok: false, status: 0, code: 'unreachable', heldBy: null };
  }
}

async function read<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  if (response.ok) return { ok: true, value: (text === '' ? null : JSON.parse(text)) as T };
  const problem = problemOf(text);
  return {
    ok: false,
    status: response.status,
    code: response.status === 401 ? 'session-expired' : (problem.code ?? String(response.status)),
    heldBy: problem.heldBy ?? null,
  };
}

/** A proxy in front may answer with a page of its own instead of a problem document. */
function problemOf(text: string): { code?: string; heldBy?: string | null } {
  try {
    const problem: unknown = JSON.parse(text);
    return typeof problem === 'object' && problem !== null ? problem : {};
  } catch {
    return {};
  }
}

function pick<A, B>(answer: Answer<A>, take: (value: A) => B): Answer<B> {
  return answer.ok ? { ok: true, value: take(answer.value) } : answer;
}

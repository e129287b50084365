// The REST API as the simulators use it: log in once, then JSON in and out. Says what was asked when it is refused.

export class ApiError extends Error {
  readonly status: number;
  /** `code` of the problem document, when there was one. */
  readonly code: string | null;
  constructor(message: string, status: number, code: string | null) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

export interface Listing<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** 30 s: a registration waits for the log to be on disk, never for longer. */
const TIMEOUT_MS = 30_000;
const PAGE_LIMIT = 200;

export class ApiClient {
  readonly #base: string;
  #cookie: string | null = null;

  /** @param address `http://host:port`, without a path */
  constructor(address: string) {
    this.#base = `${address.replace(/\/+$/, '')}/api/v1`;
  }

  /** @throws ApiError 401 when login or password is wrong */
  async login(login: string, password: string): Promise<void> {
    const response = await this.#send('POST', '/session', { login, password });
    await this.#read(response, 'POST /session');
    const cookie = response.headers.getSetCookie().find((line) => line.startsWith('shouwang_session='));
    if (cookie === undefined) throw new ApiError('log-in gave no session cookie', response.status, null);
    this.#cookie = cookie.split(';')[0]!;
  }

  async get<T>(path: string): Promise<T> {
    return (await this.#call('GET', path)) as T;
  }

  /** Null when it does not exist. */
  async find<T>(path: string): Promise<T | null> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return (await this.#call('POST', path, body)) as T;
  }

  async patch<T>(path: string, body: unknown): Promise<T> {
    return (await this.#call('PATCH', path, body)) as T;
  }

  async delete(path: string): Promise<void> {
    await this.#call('DELETE', path);
  }

  /** Every item of a list, page by page. */
  async *all<T>(path: string): AsyncGenerator<T> {
    let after: string | null = null;
    do {
      const query: string = `limit=${PAGE_LIMIT}${after === null ? '' : `&after=${encodeURIComponent(after)}`}`;
      const page: Listing<T> = await this.get(`${path}${path.includes('?') ? '&' : '?'}${query}`);
      yield* page.items;
      after = page.next;
    } while (after !== null);
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    return this.#read(await this.#send(method, path, body), `${method} ${path}`);
  }

  #send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (this.#cookie !== null) headers['cookie'] = this.#cookie;
    return fetch(`${this.#base}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async #read(response: Response, asked: string): Promise<unknown> {
    const text = await response.text();
    const content = text === '' ? null : parse(text);
    if (response.ok) return content;
    const problem = content as { code?: unknown; detail?: unknown; title?: unknown } | null;
    const said = String(problem?.detail ?? problem?.title ?? text.slice(0, 200));
    throw new ApiError(
      `${asked}: ${response.status} ${said}`,
      response.status,
      String(problem?.code ?? '') || null,
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

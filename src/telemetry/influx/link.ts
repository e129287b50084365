// HTTP to the server, through the transport of the official client: its encoding, gzip and authentication, none of
// its retries, timers or buffers (they lose data: limits reference, section 6). Its WriteApi is not used: it hides the
// status and would log to the console. Every request ends within `timeoutMs`, whatever the server does.

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpError, InfluxDB, type Transport } from '@influxdata/influxdb-client';
import { TelemetryUnavailableError } from '../telemetry-store.ts';

/** Enough for one batch, some charts and a check at a time; a slow server must not collect our sockets. */
const SOCKETS_MAX = 8;
/** Below this, packing costs more than it saves. */
const GZIP_FROM_BYTES = 1_000;
const RETRY_AFTER_MS_MAX = 3_600_000;

export interface LinkOptions {
  /** `http(s)://host:port` and a path where a proxy needs one; no credentials in it. */
  readonly url: string;
  /** 2.x, 3.x. */
  readonly token: string | null;
  /** 1.x; VictoriaMetrics behind a proxy. */
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly timeoutMs: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** What `ask` sends; `form` makes it a POST, so that no id ever stands in a proxy's access log. */
export interface Ask {
  readonly path: string;
  readonly form?: URLSearchParams;
  readonly body?: string;
  readonly contentType?: string;
  readonly isGzipped?: boolean;
}

export class ServerLink {
  readonly address: string;
  readonly #transport: Transport;
  readonly #agent: HttpAgent;
  readonly #timeoutMs: number;

  constructor({ url, token, login, timeoutMs }: LinkOptions) {
    const parsed = new URL(url);
    const AgentClass = parsed.protocol === 'https:' ? HttpsAgent : HttpAgent;
    this.#agent = new AgentClass({ keepAlive: true, maxSockets: SOCKETS_MAX });
    this.address = `${parsed.host}${parsed.pathname === '/' ? '' : parsed.pathname}`;
    this.#timeoutMs = timeoutMs;
    const basic = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
    this.#transport = new InfluxDB({
      url,
      timeout: timeoutMs,
      ...(token !== null && { token }),
      ...(basic !== null && { headers: { authorization: basic } }),
      transportOptions: { agent: this.#agent },
    }).transport;
  }

  /** Any answer of the server, good or bad. Rejects with `TelemetryUnavailableError` when there is none. */
  async ask(ask: Ask): Promise<Reply> {
    try {
      return await this.#send(ask);
    } catch (error) {
      if (error instanceof HttpError) {
        return { status: error.statusCode, headers: error.headers ?? {}, text: error.body ?? '' };
      }
      throw new TelemetryUnavailableError(`${this.address}: ${reasonOf(error, this.#timeoutMs)}`, {
        cause: error,
      });
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send({ path, form, body, contentType, isGzipped }: Ask): Promise<Reply> {
    const content = form?.toString() ?? body;
    const type = form === undefined ? contentType : 'application/x-www-form-urlencoded';
    return new Promise((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      let status = 0;
      let headers: Reply['headers'] = {};
      this.#transport.send(
        path,
        content ?? '',
        {
          method: content === undefined ? 'GET' : 'POST',
          // The client's own timeout only sees an idle socket; one that drips would hold us for ever.
          signal: AbortSignal.timeout(this.#timeoutMs),
          ...(type !== undefined && { headers: { 'content-type': type } }),
          ...(isGzipped && { gzipThreshold: GZIP_FROM_BYTES }),
        },
        {
          responseStarted: (given, code) => {
            headers = given;
            status = code ?? 0;
          },
          next: (chunk) => {
            chunks.push(chunk);
          },
          error: reject,
          complete: () => resolve({ status, headers, text: Buffer.concat(chunks).toString() }),
        },
      );
    });
  }
}

/** An error answer as the error that lets the batch wait. */
export function unavailable(address: string, reply: Reply, hint: string): TelemetryUnavailableError {
  const message = `${address} answered ${reply.status}: ${messageOf(reply)}${hint === '' ? '' : ` (${hint})`}`;
  return new TelemetryUnavailableError(message, { retryAfterMs: retryAfterMs(reply, Date.now()) });
}

/** The body of a good answer. What is cut off or is no JSON counts as no answer. */
export function parsed(address: string, { text }: Reply): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TelemetryUnavailableError(`${address}: the answer is no JSON`, { cause: error });
  }
}

/** The server's own words; JSON of every version, else the text. */
export function messageOf({ text }: Reply): string {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return text.trim().slice(0, 300);
  }
  const { error, message } = (said ?? {}) as { error?: unknown; message?: unknown };
  const words = typeof message === 'string' && message !== '' ? message : error;
  return (typeof words === 'string' ? words : text).trim().slice(0, 300);
}

/** Retry-After is in seconds or a date (RFC 9110, 10.2.3); the client would take seconds for milliseconds. */
export function retryAfterMs({ headers }: Reply, nowMs: number): number | null {
  const given = headers['retry-after'];
  if (typeof given !== 'string') return null;
  const waitMs = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - nowMs;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), RETRY_AFTER_MS_MAX);
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError' || error.name === 'RequestTimedOutError')
    return `no answer within ${timeoutMs} ms`;
  return 'code' in error && error.message === '' ? String(error.code) : error.message;
}

// A small double of the REST surface that the simulators use: sessions, the registry's collections, secrets, alerts.
// In memory, no rules beyond "exists" and "conflict"; bodies are checked against the schemas of the real API, so that
// simulators and API cannot drift apart unnoticed. The real API is tested on its own and end to end.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import * as schemas from '#api/schemas/registry.ts';

type Row = Record<string, unknown>;

const IDS: Readonly<Record<string, (row: Row) => string>> = {
  districts: (row) => String(row['code']),
  homes: (row) => String(row['homeId']),
  elders: (row) => String(row['elderId']),
  contacts: (row) => String(row['contactId']),
  gateways: (row) => String(row['gatewayId']),
  devices: (row) => `${row['gatewayId']}/${row['deviceId']}`,
  staff: (row) => String(row['login']),
};

/** What POST and PATCH of the real API take. */
const BODIES: Readonly<Record<string, { readonly create: TSchema; readonly change: TSchema }>> = {
  districts: { create: schemas.newDistrict, change: schemas.districtChange },
  homes: { create: schemas.newHome, change: schemas.homeChange },
  elders: { create: schemas.newElder, change: schemas.elderChange },
  contacts: { create: schemas.newContact, change: schemas.contactChange },
  gateways: { create: schemas.newGateway, change: schemas.gatewayChange },
  devices: { create: schemas.newDevice, change: schemas.deviceChange },
  staff: { create: schemas.newStaff, change: schemas.staffChange },
};

export interface RegistryApiDouble {
  readonly url: string;
  readonly rows: Readonly<Record<string, Map<string, Row>>>;
  /** `POST /homes` … in order. */
  readonly requests: string[];
  readonly alerts: Row[];
  secretOf(gatewayId: string): string | undefined;
  close(): Promise<void>;
}

export async function startRegistryApiDouble(password: string): Promise<RegistryApiDouble> {
  const rows = Object.fromEntries(Object.keys(IDS).map((name) => [name, new Map<string, Row>()]));
  const secrets = new Map<string, string>();
  const requests: string[] = [];
  const alerts: Row[] = [];
  let issued = 0;
  const issue = (gatewayId: string): string => {
    issued += 1;
    secrets.set(gatewayId, `secret-${issued}`);
    return `secret-${issued}`;
  };
  const answer = (method: string, url: URL, body: Row): [status: number, content: unknown] => {
    const [collection = '', id, action] = url.pathname
      .replace('/api/v1/', '')
      .split('/')
      .map(decodeURIComponent);
    if (collection === 'session')
      return body['password'] === password ? [201, { staff: {} }] : [401, { title: 'no' }];
    if (collection === 'alerts') return [200, page(alerts, url)];
    const table = rows[collection];
    if (table === undefined) return [404, { title: 'no such route' }];
    if (action === 'secret') return [201, { secret: issue(id!) }];
    if (action === 'old-secret') return [204, null];
    if (method === 'GET' && id === undefined) return [200, page(filtered([...table.values()], url), url)];
    const wanted = BODIES[collection]![method === 'PATCH' ? 'change' : 'create'];
    if ((method === 'POST' || method === 'PATCH') && !Value.Check(wanted, body)) {
      return [400, { title: 'invalid', code: 'invalid', detail: JSON.stringify(Value.Errors(wanted, body)) }];
    }
    if (method === 'POST') return create(collection, table, body);
    const row = table.get(id!);
    if (row === undefined) return [404, { title: 'not found', code: 'not-found' }];
    if (method === 'PATCH') Object.assign(row, body);
    return [200, row];
  };
  const create = (collection: string, table: Map<string, Row>, body: Row): [number, unknown] => {
    const row: Row = { ...body };
    if (collection === 'elders') row['elderId'] = `elder-${table.size}`;
    if (collection === 'contacts') row['contactId'] = `contact-${table.size}`;
    const id = IDS[collection]!(row);
    if (table.has(id)) return [409, { title: 'exists', code: 'conflict' }];
    table.set(id, row);
    return collection === 'gateways' ? [201, { gateway: row, secret: issue(id) }] : [201, row];
  };
  const server = createServer((request, response) => {
    void handle(request, response, (method, url, body) => {
      requests.push(`${method} ${url.pathname.replace('/api/v1', '')}`);
      return answer(method, url, body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    rows,
    requests,
    alerts,
    secretOf: (gatewayId) => secrets.get(gatewayId),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (method: string, url: URL, body: Row) => [number, unknown],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const url = new URL(request.url!, 'http://double');
  const isOpen = url.pathname.endsWith('/session') || request.headers.cookie === 'shouwang_session=s1';
  const [status, content] = isOpen
    ? answer(request.method!, url, text === '' ? {} : (JSON.parse(text) as Row))
    : [401, { title: 'log in first', code: 'unauthenticated' }];
  if (status === 201 && url.pathname.endsWith('/session')) {
    response.setHeader('set-cookie', 'shouwang_session=s1; HttpOnly; SameSite=Strict; Path=/');
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(content === null ? '' : JSON.stringify(content));
}

function filtered(rows: Row[], url: URL): Row[] {
  const wanted = [...url.searchParams].filter(([name]) => name.endsWith('Id'));
  return rows.filter((row) => wanted.every(([name, value]) => row[name] === value));
}

/** Two items a page at most, so that clients have to follow `next`. */
function page(rows: readonly Row[], url: URL): { items: readonly Row[]; next: string | null } {
  const start = Number(url.searchParams.get('after') ?? 0);
  const end = start + Math.min(2, Number(url.searchParams.get('limit') ?? 2));
  return { items: rows.slice(start, end), next: end < rows.length ? String(end) : null };
}

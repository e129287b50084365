// Goal: the desk socket opens only for staff of the desk on our own page, and shows what the API does.
// Method: the real server on a free port, raw WebSocket clients with real session cookies.

import { type AddressInfo, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ELSEWHERE, WEST_LAKE } from '../support/alerts.ts';
import {
  type ApiUnderTest,
  openApiUnderTest,
  openSeededRegistry,
  type Person,
  type SeededRegistry,
} from '../support/api.ts';
import {
  connectDesk,
  type DeskClientOptions,
  isAlertAt,
  isSnapshot,
  isType,
} from '../support/desk-client.ts';

let api: ApiUnderTest;
let seeded: SeededRegistry;
let host: string;
beforeAll(async () => {
  seeded = await openSeededRegistry();
});
afterAll(() => seeded.registry.close());
beforeEach(async () => {
  api = await openApiUnderTest({}, seeded);
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  host = `127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await api.close();
});

function open(person: Person | null, options: DeskClientOptions = {}, path = '/api/v1/desk') {
  const headers = { ...(person && { cookie: person.cookie }), ...options.headers };
  return connectDesk(`ws://${host}${path}`, { ...options, headers });
}

describe('the upgrade', () => {
  it('is refused to another site before the session is looked at', async () => {
    const session = vi.spyOn(api.registry, 'session');
    for (const origin of [
      'https://evil.example',
      `http://${host}.evil.example`,
      'null',
      `http://127.0.0.1`,
    ]) {
      await expect(open(api.people.operator, { origin })).rejects.toThrow('403');
    }
    expect(session).not.toHaveBeenCalled();
    expect(api.hub.screenCount()).toBe(0);
  });

  it('is given to the own page, to an allowed origin, and to what is no browser', async () => {
    for (const options of [{ origin: `http://${host}` }, { origin: 'https://wall.example' }, {}]) {
      const screen = await open(api.people.operator, options);
      expect(await screen.waitFor(isType('hello'))).toMatchObject({
        staffId: api.people.operator.staff.staffId,
      });
      screen.socket.terminate();
    }
  });

  it('needs a session, the right role, and the right path', async () => {
    await expect(open(null)).rejects.toThrow('401');
    await expect(open(null, { headers: { cookie: 'shouwang_session=guess' } })).rejects.toThrow('401');
    await expect(open(api.people.integrator)).rejects.toThrow('403');
    await expect(open(api.people.operator, {}, '/api/v1/desk/x')).rejects.toThrow('404');
  });

  it('answers 400 to an address that is none', async () => {
    const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
    socket.write(`GET // HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request/);
  });

  it('answers 503 and lives on when sessions cannot be read', async () => {
    vi.spyOn(api.registry, 'session').mockRejectedValueOnce(new Error('database'));
    await expect(open(api.people.operator)).rejects.toThrow('503');
    (await open(api.people.operator)).socket.terminate();
  });
});

describe('an open desk', () => {
  it('shows a claim made over HTTP to the others in the district, with the home masked', async () => {
    const mine = await open(api.people.operator);
    const hers = await open(api.people.supervisor);
    await hers.waitFor(isSnapshot);
    api.runtime.raise({ id: 'h2~sos~1', homeId: 'h2', districtCode: ELSEWHERE });
    api.runtime.raise({ id: 'h1~sos~1', homeId: 'h1', districtCode: WEST_LAKE });
    await api.as(api.people.operator, { method: 'POST', url: '/api/v1/alerts/h1~sos~1/claim' });
    const claimed = await hers.waitFor(isAlertAt('3:0'));
    expect(claimed).toMatchObject({ change: 'claimed', previous: '2:0' });
    expect(claimed.alert.claim?.staffId).toBe(api.people.operator.staff.staffId);
    expect(claimed.alert.home).toMatchObject({ maskedElderName: '张**', age: 82, maskedAddress: '文三路' });
    expect(JSON.stringify(mine.messages)).not.toContain('h2~');
    expect(hers.alerts().map((message) => message.cursor)).toEqual(['2:0', '3:0']);
  });

  it('resumes by cursor', async () => {
    api.runtime.raise({ id: 'a' });
    api.runtime.raise({ id: 'b' });
    const screen = await open(api.people.operator, {}, '/api/v1/desk?cursor=1:0');
    expect((await screen.waitFor(isAlertAt('2:0'))).previous).toBe('1:0');
    expect(screen.alerts()).toHaveLength(1);
  });

  it('closes with 4401 on log-out and when the account is disabled', async () => {
    const dropSession = vi.spyOn(api.hub, 'dropSession');
    const screen = await open(api.people.operator);
    await api.as(api.people.operator, { method: 'DELETE', url: '/api/v1/session' });
    expect(await screen.closed).toBe(4401);
    // At once, not only by the check of running sessions.
    expect(dropSession).toHaveBeenCalledWith(api.people.operator.sessionId);
    const other = await open(api.people.supervisor);
    await api.registry.staff.update(api.people.supervisor.staff.staffId, { isEnabled: false });
    expect(await other.closed).toBe(4401);
  });

  it('closes with 4401 when the role no longer allows it', async () => {
    const screen = await open(api.people.administrator);
    await api.registry.staff.update(api.people.administrator.staff.staffId, { role: 'integrator' });
    expect(await screen.closed).toBe(4401);
  });
});

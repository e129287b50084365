// Goal: the adapter says exactly what each server expects, believes no wrong server, loses no good line to a bad one
// and ends every request. Method: a protocol double for what cannot be installed here (2.x, 3.x) and for faults, its
// answers taken from the documentation of those versions; the real 1.x where the fault can be had from it.

import { afterEach, describe, expect, it } from 'vitest';
import { createInfluxStore, type InfluxStoreOptions } from '#telemetry/influx/influx-store.ts';
import { retryAfterMs } from '#telemetry/influx/link.ts';
import { RETENTION_CLASSES } from '#telemetry/retention.ts';
import {
  type RetentionDays,
  TelemetryConfigurationError,
  TelemetryNotSupportedError,
  type TelemetryReading,
  TelemetryUnavailableError,
} from '#telemetry/telemetry-store.ts';
import { type Answer, type HttpDouble, type Received, startHttpDouble } from '../../support/http-double.ts';
import { CONNECTION, newHome, reading } from '../../support/telemetry-adapters.ts';
import { isInstalled, startInflux, startVictoriaMetrics } from '../../support/time-series-servers.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Replies = (request: Received) => Answer;

const NOT_FOUND: Answer = { status: 404, body: '404 page not found' };
const STORED: Answer = { status: 204 };

/** A server of that version; `replies` answers what is not about who it is. */
async function serverOf(version: string, replies: Replies = () => STORED): Promise<HttpDouble> {
  const double = await startHttpDouble((request) => {
    if (request.url === '/ping') return { status: 204, headers: { 'X-Influxdb-Version': version } };
    // 2.x serves its user interface for every path it does not know.
    if (request.url === '/api/v1/status/buildinfo') {
      return version.includes('2.') ? { status: 200, body: '<!doctype html>' } : NOT_FOUND;
    }
    return replies(request);
  });
  cleanups.push(double.close);
  return double;
}

function storeOf(url: string, part: Partial<InfluxStoreOptions>): ReturnType<typeof createInfluxStore> {
  const store = createInfluxStore({
    ...CONNECTION,
    url,
    server: 'influxdb-2',
    database: 'telemetry',
    ...part,
  });
  cleanups.push(() => store.close());
  return store;
}

const TWO = { server: 'influxdb-2', organization: 'care & co', token: 'tok', database: 'shou wang' } as const;
const MOTION = reading({
  homeId: 'h1',
  kind: 'motion',
  atMs: 1_795_000_000_123,
  offset: 7_000_045,
  value: true,
});
const SAMPLES: readonly TelemetryReading[] = [
  MOTION,
  reading({
    homeId: '',
    gatewayId: 'a b',
    deviceId: 'c=d,e',
    kind: 'odd kind',
    atMs: 5,
    offset: 1,
    value: 'x"\\y',
  }),
  reading({ homeId: "o'h\\", kind: '#c', atMs: 1_000, offset: 2, value: { systolic: 120.5, diastolic: 80 } }),
];

describe('InfluxDB 2.x (protocol double)', () => {
  it('is written to through the client: path, query, token and lines', async () => {
    const double = await serverOf('v2.7.11');
    const store = storeOf(double.url, TWO);
    expect(await store.write(SAMPLES)).toEqual([]);
    const [write] = double.received.filter(({ url }) => url.startsWith('/api/v2/write'));
    expect(write!.method).toBe('POST');
    expect(write!.url).toBe('/api/v2/write?org=care+%26+co&bucket=shou+wang&precision=ns');
    expect(write!.headers).toMatchObject({
      authorization: 'Token tok',
      'content-type': 'text/plain; charset=utf-8',
    });
    expect(write!.headers['user-agent']).toMatch(/^influxdb-client-js\//);
    expect(write!.body.split('\n')).toEqual([
      'motion,device=d1,gateway=gw1,home=h1 on=1i 1795000000123000045',
      'odd\\ kind,device=c\\=d\\,e,gateway=a\\ b text="x\\"\\\\y" 5000001',
      '%0023c,device=d1,gateway=gw1,home=o%0027h%005c diastolic=80,systolic=120.5 1000000002',
    ]);
    expect(store.description).toBe(
      `InfluxDB 2.7.11 at ${new URL(double.url).host}, organization care & co, bucket shou wang`,
    );
  });

  it('gets a large batch packed', async () => {
    const double = await serverOf('v2.7.11');
    await storeOf(double.url, TWO).write(Array.from({ length: 100 }, () => reading({ homeId: 'h1' })));
    const write = double.received.at(-1)!;
    expect(write.headers['content-encoding']).toBe('gzip');
    expect(write.body.split('\n')).toHaveLength(100);
  });

  it('is read by InfluxQL, with ids that cannot leave their quotes', async () => {
    const rows = [
      ['2026-11-18T11:06:40.123000045Z', null, 1, null, null, null, null, null, 'gw1', 'd1'],
      ['2026-11-18T11:06:41Z', null, 0, null, null, null, null, null, 'gw1', 'd1'],
    ];
    const columns = [
      'time',
      'value',
      'on',
      'text',
      'systolic',
      'diastolic',
      'latitude',
      'longitude',
      'gateway',
      'device',
    ];
    const body = JSON.stringify({
      results: [{ statement_id: 0, series: [{ name: 'motion', columns, values: rows }] }],
    });
    const double = await serverOf('v2.7.11', () => ({ status: 200, body }));
    const store = storeOf(double.url, TWO);
    const query = { kinds: ['motion'], fromMs: 1, toMs: 2_000_000_000_000, limit: 10, after: null };
    const page = await store.range({ ...query, homeId: "h' OR '1'='1" });
    expect(page.readings).toMatchObject([
      { atMs: 1_795_000_000_123, offset: 45, value: true },
      { atMs: 1_795_000_001_000, offset: 0, value: false },
    ]);
    const form = new URLSearchParams(double.received.at(-1)!.body);
    expect(form.get('db')).toBe('shou wang');
    expect(form.get('q')).toBe(
      'SELECT "value", "on", "text", "systolic", "diastolic", "latitude", "longitude", "gateway", "device" ' +
        'FROM "motion" ' +
        'WHERE "home" = \'h%0027 OR %00271%0027=%00271\' AND time >= 1000000 ' +
        'AND time < 2000000000000000000 ORDER BY time ASC LIMIT 42',
    );
    expect(double.received.at(-1)!.headers['authorization']).toBe('Token tok');
  });

  it('erases a home, and each kind when its time has come, by the delete API', async () => {
    const measurements = {
      name: 'measurements',
      columns: ['name'],
      values: [['motion'], ['heart_rate_bpm']],
    };
    const double = await serverOf('v2.7.11', ({ url }) =>
      url === '/query'
        ? { status: 200, body: JSON.stringify({ results: [{ series: [measurements] }] }) }
        : STORED,
    );
    const store = storeOf(double.url, TWO);
    await store.eraseHome('h"1');
    const days = Object.fromEntries(RETENTION_CLASSES.map((name) => [name, 30])) as RetentionDays;
    await store.retain(Date.UTC(2026, 10, 22), { ...days, vital: 10 });
    const deletions = double.received.filter(({ url }) => url.startsWith('/api/v2/delete'));
    expect(deletions.map(({ url }) => url)).toEqual(
      Array(3).fill('/api/v2/delete?org=care+%26+co&bucket=shou+wang'),
    );
    const start = '1970-01-01T00:00:00Z';
    expect(deletions.map(({ body }) => JSON.parse(body))).toEqual([
      { start, stop: '2200-01-01T00:00:00Z', predicate: 'home="h%00221"' },
      { start, stop: '2026-10-22T23:59:59.999Z', predicate: '_measurement="motion"' },
      { start, stop: '2026-11-11T23:59:59.999Z', predicate: '_measurement="heart_rate_bpm"' },
    ]);
  });
});

describe('InfluxDB 3.x (protocol double)', () => {
  it('says that it cannot delete', async () => {
    const double = await serverOf('3.4.1');
    const store = storeOf(double.url, { server: 'influxdb-3' });
    await expect(store.eraseHome('h1')).rejects.toThrow(TelemetryNotSupportedError);
    const days = Object.fromEntries(RETENTION_CLASSES.map((name) => [name, 30])) as RetentionDays;
    await expect(store.retain(0, days)).rejects.toMatchObject({ code: 'not-supported' });
  });

  it('names its bad lines: they are refused and the others sent again', async () => {
    const bad = { error_message: 'invalid column type for column on', line_number: 2, original_line: '…' };
    let isFirst = true;
    const double = await serverOf('3.4.1', () => {
      if (!isFirst) return STORED;
      isFirst = false;
      return {
        status: 400,
        body: JSON.stringify({ error: 'partial write of line protocol occurred', data: [bad] }),
      };
    });
    const refused = await storeOf(double.url, { server: 'influxdb-3' }).write(SAMPLES);
    expect(refused).toEqual([
      { reading: SAMPLES[1], reason: 'refused by the server: invalid column type for column on' },
    ]);
    expect(double.received.at(-1)!.body.split('\n')).toHaveLength(2);
  });
});

describe('who is there', () => {
  it.each([
    ['v2.7.11', 'influxdb-1'],
    ['1.8.10', 'influxdb-2'],
    ['3.0.0', 'influxdb-2'],
    ['2.7.1', 'victoria-metrics'],
  ] as const)('refuses InfluxDB %s when %s is configured', async (version, server) => {
    const double = await serverOf(version);
    const store = storeOf(double.url, { server });
    await expect(store.connect()).rejects.toThrow(TelemetryConfigurationError);
    // Once the service is up, the batch waits instead.
    await expect(store.write([MOTION])).rejects.toThrow(TelemetryUnavailableError);
    expect(double.received.some(({ url }) => url.includes('write'))).toBe(false);
  });

  it('refuses what is neither', async () => {
    const double = await startHttpDouble(() => ({ status: 200, body: 'hello' }));
    cleanups.push(double.close);
    await expect(storeOf(double.url, {}).connect()).rejects.toThrow(/neither InfluxDB nor VictoriaMetrics/);
  });

  it.runIf(isInstalled('victoria-metrics'))(
    'refuses VictoriaMetrics where InfluxDB is configured, and one that would count twice',
    async () => {
      const server = await startVictoriaMetrics(['-retentionPeriod=100y']);
      cleanups.push(server.stop);
      for (const kind of ['influxdb-1', 'influxdb-2', 'influxdb-3'] as const) {
        await expect(storeOf(server.url, { server: kind }).connect()).rejects.toThrow(/is VictoriaMetrics/);
      }
      const store = storeOf(server.url, { server: 'victoria-metrics' });
      await expect(store.connect()).rejects.toThrow(/-dedup.minScrapeInterval=1ms/);
    },
  );

  it('asks again after an outage: something else may have been started there', async () => {
    let version = 'v2.7.11';
    let isBroken = false;
    const double = await startHttpDouble(({ url }) => {
      if (url === '/ping') return { status: 204, headers: { 'X-Influxdb-Version': version } };
      if (url === '/api/v1/status/buildinfo') return NOT_FOUND;
      return isBroken ? { status: 503 } : STORED;
    });
    cleanups.push(double.close);
    const store = storeOf(double.url, TWO);
    await store.write([MOTION]);
    isBroken = true;
    await expect(store.write([MOTION])).rejects.toThrow(TelemetryUnavailableError);
    isBroken = false;
    version = '1.8.10';
    await expect(store.write([MOTION])).rejects.toThrow(/is InfluxDB 1.8.10/);
  });
});

describe('faults', () => {
  it.each([
    [401, 'token or the login'],
    [403, 'token or the login'],
    [404, 'is there a bucket "shou wang"'],
    [429, '429'],
    [500, '500'],
    [503, '503'],
    // About the request, not about a line: taking it for bad lines would cost the batch.
    [400, '400'],
  ])('HTTP %i makes the batch wait', async (status, words) => {
    const double = await serverOf('v2.7.11', () => ({
      status,
      headers: { 'Retry-After': '7' },
      body: '{"message":"no"}',
    }));
    const error = await storeOf(double.url, TWO)
      .write(SAMPLES)
      .then(
        () => null,
        (thrown: unknown) => thrown,
      );
    expect(error).toBeInstanceOf(TelemetryUnavailableError);
    expect(error).toMatchObject({ retryAfterMs: 7_000, message: expect.stringContaining(words) });
  });

  it('reads Retry-After in seconds and as a date', () => {
    const reply = (value: string) => ({ status: 429, text: '', headers: { 'retry-after': value } });
    expect(retryAfterMs(reply('120'), 0)).toBe(120_000);
    expect(retryAfterMs(reply('Thu, 01 Jan 1970 00:01:00 GMT'), 10_000)).toBe(50_000);
    expect(retryAfterMs(reply('Thu, 01 Jan 1970 00:01:00 GMT'), 90_000)).toBe(0);
    expect(retryAfterMs(reply('99999999'), 0)).toBe(3_600_000);
    expect(retryAfterMs(reply('soon'), 0)).toBeNull();
  });

  it('waits neither for a server that is silent, nor for one that drips, nor for one that hangs up', async () => {
    const drips: NodeJS.Timeout[] = [];
    const misbehaviours = [
      () => undefined,
      (response: import('node:http').ServerResponse) => {
        response.writeHead(200);
        drips.push(setInterval(() => response.write('{'), 20));
      },
      (response: import('node:http').ServerResponse) => response.destroy(),
    ];
    for (const misbehave of misbehaviours) {
      const double = await startHttpDouble(({ url }, response) => {
        if (url === '/ping') return { status: 204, headers: { 'X-Influxdb-Version': '2.7.1' } };
        if (url === '/api/v1/status/buildinfo') return NOT_FOUND;
        misbehave(response);
        return null;
      });
      cleanups.push(double.close);
      const store = storeOf(double.url, { ...TWO, timeoutMs: 200 });
      await expect(store.write([MOTION])).rejects.toThrow(TelemetryUnavailableError);
    }
    for (const drip of drips) clearInterval(drip);
    await expect(storeOf('http://127.0.0.1:1', TWO).write([MOTION])).rejects.toThrow(
      TelemetryUnavailableError,
    );
  });

  it('halves a batch that is too large for the server', async () => {
    const double = await serverOf('v2.7.11', ({ body }) =>
      body.split('\n').length > 30 ? { status: 413 } : STORED,
    );
    const batch = Array.from({ length: 100 }, (_, i) => reading({ homeId: 'h1', value: i }));
    expect(await storeOf(double.url, TWO).write(batch)).toEqual([]);
    const stored = double.received.filter(
      ({ url, body }) => url.includes('write') && body.split('\n').length <= 30,
    );
    expect(stored.flatMap(({ body }) => body.split('\n'))).toHaveLength(100);
  });

  it('finds the one bad line of a batch by halving, whatever its kind (2.x answers 422)', async () => {
    const message = 'failure writing points to database: partial write: field type conflict: … dropped=1';
    const double = await serverOf('v2.7.11', ({ body }) =>
      body.includes('value=77 ')
        ? { status: 422, body: JSON.stringify({ code: 'unprocessable entity', message }) }
        : STORED,
    );
    const batch = Array.from({ length: 500 }, (_, i) =>
      reading({ homeId: 'h1', kind: i % 2 === 0 ? 'power_w' : 'temperature_c', value: i }),
    );
    const refused = await storeOf(double.url, TWO).write(batch);
    expect(refused).toEqual([{ reading: batch[77], reason: `refused by the server: ${message}` }]);
    expect(double.received.length).toBeLessThan(25);
  });

  it('does not take a limit of the server for a bad line', async () => {
    const error = 'partial write: max-values-per-tag limit exceeded (100000/100000): … dropped=1';
    const double = await serverOf('1.8.10', () => ({ status: 400, body: JSON.stringify({ error }) }));
    const store = storeOf(double.url, { server: 'influxdb-1' });
    await expect(store.write([MOTION])).rejects.toThrow(/max-values-per-tag/);
  });

  it('does not take half an answer for all of it', async () => {
    const answers = [
      '{"results":[{"error":"timeout"}]}',
      '{"results":[{"partial":true,"series":[]}]}',
      '{}',
      'null',
      'x',
    ];
    let at = 0;
    const double = await serverOf('1.8.10', () => ({ status: 200, body: answers[at]! }));
    for (; at < answers.length; at++) {
      await expect(storeOf(double.url, { server: 'influxdb-1' }).last('h1')).rejects.toThrow(
        TelemetryUnavailableError,
      );
    }
  });
});

describe.runIf(isInstalled('influxd'))('a real InfluxDB 1.x', () => {
  it('logs in, says what is missing, and hands back a whole kind that another writer has spoilt', async () => {
    const login = { user: 'care', password: 'p:w"d' };
    const server = await startInflux({ databases: ['telemetry'], login });
    cleanups.push(server.stop);
    const options = { server: 'influxdb-1', database: 'telemetry', login } as const;
    await expect(
      storeOf(server.url, { ...options, login: { user: 'care', password: 'x' } }).write([MOTION]),
    ).rejects.toThrow(/401/);
    await expect(storeOf(server.url, { ...options, database: 'nowhere' }).write([MOTION])).rejects.toThrow(
      /CREATE DATABASE "nowhere"/,
    );
    const foreign = 'motion,home=x on="yes" 1795000000000000000';
    const authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
    await fetch(`${server.url}/write?db=telemetry`, {
      method: 'POST',
      body: foreign,
      headers: { authorization },
    });
    const homeId = newHome();
    const good = Array.from({ length: 200 }, (_, i) => reading({ homeId, value: i, atMs: MOTION.atMs + i }));
    const bad = good.map((one) => ({ ...one, kind: 'motion', value: true }));
    const store = storeOf(server.url, options);
    const refused = await store.write(good.flatMap((one, i) => [one, bad[i]!]));
    expect(refused.map((one) => one.reading)).toEqual(bad);
    expect(refused[0]!.reason).toMatch(/field type conflict/);
    expect(await store.write(good)).toEqual([]);
    const query = { homeId, kinds: null, fromMs: 0, toMs: MOTION.atMs * 2, limit: 1000, after: null };
    expect((await store.range(query)).readings).toEqual(good);
  });
});

import { describe, expect, it } from 'vitest';

import { createApi } from '#console/api.ts';
import { addressLine, dialable } from '#console/home-card.ts';

function play(answers: (Response | Error)[]) {
  const sent: { url: string; init: RequestInit }[] = [];
  let keyCount = 0;
  const api = createApi(
    async (url, init) => {
      sent.push({ url, init });
      const answer = answers.shift() ?? new Error('no more answers');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    () => {
      keyCount += 1;
      return `key-${keyCount}`;
    },
  );
  return { api, sent };
}

const problem = (status: number, body: object) => new Response(JSON.stringify(body), { status });
const keyOf = (init: RequestInit) => new Headers(init.headers).get('idempotency-key');

describe('API of the console', () => {
  it('names an alert in the path, encoded, and sends what the contract wants', async () => {
    const { api, sent } = play([new Response('{"alert":{"id":"x"}}')]);
    const outcome = { code: 'WELFARE_OK', detail: 'seen' } as const;
    const answer = await api.order('h1~sos~a/b', { action: 'close', token: 7, outcome, note: null });
    expect(answer).toEqual({ ok: true, value: { id: 'x' } });
    expect(sent[0]?.url).toBe('/api/v1/alerts/h1~sos~a%2Fb/close');
    expect(JSON.parse(String(sent[0]?.init.body))).toEqual({ token: 7, code: 'WELFARE_OK', detail: 'seen' });
  });

  it('repeats an order that got no answer, once, with the same key', async () => {
    const { api, sent } = play([new TypeError('network'), new Response('{"alert":{"id":"x"}}')]);
    expect((await api.order('a', { action: 'claim' })).ok).toBe(true);
    expect(sent.map(({ init }) => keyOf(init))).toEqual(['key-1', 'key-1']);
  });

  it('says unreachable when there is no answer at all', async () => {
    const { api } = play([new TypeError('network'), new TypeError('network')]);
    expect(await api.order('a', { action: 'claim' })).toMatchObject({ ok: false, code: 'unreachable' });
  });

  it('reads the code and the holder of a problem document', async () => {
    const { api } = play([
      problem(409, { code: 'held-by-other', heldBy: 's2' }),
      problem(401, { code: 'no-session' }),
    ]);
    expect(await api.order('a', { action: 'claim' })).toMatchObject({ code: 'held-by-other', heldBy: 's2' });
    expect(await api.card('h1')).toMatchObject({ code: 'session-expired', status: 401 });
  });

  it('declares an absence with a key and takes it back, and answers the state of the home', async () => {
    const state = { presence: 'away', awaySinceMs: 1, lastActivityAtMs: null, absence: null };
    const { api, sent } = play([Response.json({ state }), Response.json({ state })]);
    expect(await api.declareAway('h/1', 5, null)).toEqual({ ok: true, value: state });
    expect(await api.declareBack('h/1')).toEqual({ ok: true, value: state });
    expect(sent.map(({ url, init }) => [init.method, url, init.body])).toEqual([
      ['POST', '/api/v1/homes/h%2F1/absence', '{"untilMs":5}'],
      ['DELETE', '/api/v1/homes/h%2F1/absence', undefined],
    ]);
    expect(keyOf(sent[0]!.init)).toBe('key-1');
  });

  it('survives an answer of something in between', async () => {
    const { api } = play([new Response('<html>Bad gateway</html>', { status: 502 })]);
    expect(await api.card('h1')).toMatchObject({ ok: false, code: '502' });
  });

  it('takes the staff of a session in either form, and no names when it may not see them', async () => {
    const { api } = play([
      new Response('{"staff":{"staffId":"s1"}}'),
      new Response('{"staffId":"s1"}'),
      problem(403, { code: 'forbidden' }),
    ]);
    expect(await api.whoAmI()).toEqual({ ok: true, value: { staffId: 's1' } });
    expect(await api.whoAmI()).toEqual({ ok: true, value: { staffId: 's1' } });
    expect((await api.staffNames()).size).toBe(0);
  });
});

describe('card of a home', () => {
  it('never makes a masked number dialable', () => {
    expect(['138****1234', '138＊＊＊＊1234', null, ''].map(dialable)).toEqual([null, null, null, null]);
    expect(dialable('+86 571-8888 1234')).toBe('+8657188881234');
  });

  it('writes the address without what is masked', () => {
    const address = { grid: null, street: 'Wensan Rd 138', building: null, unit: null, room: null };
    expect(addressLine(address)).toBe('Wensan Rd 138');
    expect(addressLine({ ...address, building: '7', room: '301' })).toBe('Wensan Rd 138 7 301');
  });
});

// Goal: no personal data and no secret in the log, however carelessly it is written.

import { expect, it } from 'vitest';
import { createLogger } from '#ops/log.ts';

function setUp(level: 'info' | 'warn' = 'info') {
  const lines: string[] = [];
  return { lines, logger: createLogger({ level, destination: { write: (line) => void lines.push(line) } }) };
}

it('hides names, telephone numbers, addresses, readings and secrets up to two objects deep', () => {
  const { lines, logger } = setUp();
  const elder = { elderId: 'e1', name: '张秀英', phone: '13812341234', conditions: ['diabetes'] };
  const home = { homeId: 'h1', address: { street: '文三路' }, access: { doorCode: '7788#' } };
  logger.info(
    { name: '李四', elder, home, request: { headers: { cookie: 'shouwang_session=abc' } } },
    'looked up',
  );
  logger.info(
    { elders: [elder], reading: { value: 36.6 }, gateway: { gatewayId: 'g1', secret: 's3cret' } },
    'x',
  );
  const text = lines.join('');
  for (const hidden of [
    '张秀英',
    '李四',
    '13812341234',
    'diabetes',
    '文三路',
    '7788#',
    'abc',
    '36.6',
    's3cret',
  ]) {
    expect(text).not.toContain(hidden);
  }
  for (const kept of ['e1', 'h1', 'g1', 'looked up']) expect(text).toContain(kept);
});

it('keeps errors readable and respects the level', () => {
  const { lines, logger } = setUp('warn');
  logger.info('quiet');
  logger.error({ err: new Error('disk is full') }, 'append failed');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    msg: 'append failed',
    err: { message: 'disk is full' },
  });
});

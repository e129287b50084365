// POST /observations: the same intake as MQTT for gateways that speak HTTP. Basic authentication with gateway id and
// secret, checked before the body is read; 2xx only when what was good is on disk. Body: one object or an array,
// each naming its `device`; an empty array is a sign of life.

import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayEntry } from '#registry/registry.ts';
import type { ReceivedFrame } from './examine.ts';
import { type Intake, type Taken, TooFastError } from './intake.ts';
import type { LoginGuard } from './login-guard.ts';
import type { IngestLog } from './refusal-keeper.ts';

export interface ObservationRoutesOptions {
  readonly intake: Intake;
  readonly loginGuard: LoginGuard;
  readonly log: IngestLog;
  readonly limits: { readonly frameBytes: number };
}

/** A gateway over its rate is asked to come back rather than kept waiting with its request open. */
const DELAY_MAX_MS = 5_000;
/** The log is failing: when it is worth trying again, s. */
const RETRY_AFTER_S = 5;

declare module 'fastify' {
  interface FastifyRequest {
    gateway: GatewayEntry | null;
  }
}

/** Register with the prefix of the API; own content parser, so nothing else on that server changes. */
export const observationRoutes: FastifyPluginCallback<ObservationRoutesOptions> = (app, options, done) => {
  app.decorateRequest('gateway', null);
  // Whatever the client calls it: the bytes go to the codec, which says what is wrong with them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: options.limits.frameBytes },
    (_request, body, parsed) => parsed(null, body),
  );
  app.setErrorHandler<Error & { readonly statusCode?: number }>((error, request, reply) =>
    refuseRequest(options, error, request, reply),
  );
  app.post('/observations', {
    schema: DOCUMENTATION,
    onRequest: (request, reply) => authenticate(options, request, reply),
    handler: (request, reply) => take(options, request, reply),
  });
  done();
};

async function authenticate(
  { loginGuard }: ObservationRoutesOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const [gatewayId, secret] = basicCredentials(request.headers.authorization);
  const login = loginGuard.check({ gatewayId, secret, remoteAddress: request.ip, source: 'http' });
  if (login.ok) {
    request.gateway = login.gateway;
    return undefined;
  }
  await new Promise((resolve) => setTimeout(resolve, login.delayMs).unref());
  reply.header('WWW-Authenticate', 'Basic realm="shouwang gateway", charset="UTF-8"');
  return problem(reply, 401, 'bad-credentials', 'Gateway id or secret is wrong');
}

function basicCredentials(header: string | undefined): readonly [string, Uint8Array] {
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '');
  const decoded = Buffer.from(match?.[1] ?? '', 'base64');
  const colon = decoded.indexOf(':');
  return colon < 0
    ? ['', new Uint8Array()]
    : [decoded.toString('utf8', 0, colon), decoded.subarray(colon + 1)];
}

async function take(
  { intake, log }: ObservationRoutesOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const gateway = request.gateway!;
  try {
    return answer(reply, await intake.take(frameOf(gateway, request), DELAY_MAX_MS));
  } catch (error) {
    if (error instanceof TooFastError) return refuseTooFast(reply, error);
    log.debug({ gatewayId: gateway.gatewayId, error }, 'answered 503');
    reply.header('Retry-After', RETRY_AFTER_S);
    return problem(reply, 503, 'not-durable', 'The log cannot store this now; send it again');
  }
}

function frameOf(gateway: GatewayEntry, request: FastifyRequest): ReceivedFrame {
  const payload = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  return { gateway, source: 'http', topic: request.url, payload, isRetained: false, isWill: false };
}

function answer(reply: FastifyReply, { accepted, duplicates, refused }: Taken): FastifyReply {
  const whole = refused[0];
  if (whole !== undefined && whole.index < 0) return problem(reply, 400, whole.reason, whole.detail);
  return reply.code(200).send({ accepted, duplicates, refused });
}

function refuseTooFast(reply: FastifyReply, { delayMs }: TooFastError): FastifyReply {
  reply.header('Retry-After', Math.ceil(delayMs / 1000));
  return problem(reply, 429, 'too-fast', 'More observations than this gateway may send; send it again later');
}

/** What Fastify finds wrong with the request itself, the size of its body above all. */
function refuseRequest(
  { intake }: ObservationRoutesOptions,
  error: { readonly statusCode?: number; readonly message: string },
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = error.statusCode ?? 500;
  const gatewayId = request.gateway?.gatewayId ?? null;
  void intake.refusals.keep({
    sourceKey: gatewayId ?? request.ip,
    gatewayId,
    source: 'http',
    topic: request.url,
    reason: status === 413 ? 'frame-too-large' : 'protocol-error',
    detail: error.message,
    payload: new Uint8Array(),
  });
  return status === 413
    ? problem(reply, 413, 'frame-too-large', 'Send fewer observations at once')
    : problem(reply, status, 'protocol-error', status < 500 ? error.message : 'The request failed');
}

/** RFC 9457. */
function problem(reply: FastifyReply, status: number, code: string, title: string): FastifyReply {
  const type = `https://shouwang.dev/errors/${code}`;
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type, title, status, code }));
}

const REFUSED_SCHEMA = {
  type: 'object',
  properties: { index: { type: 'integer' }, reason: { type: 'string' }, detail: { type: 'string' } },
  required: ['index', 'reason', 'detail'],
} as const;

const DOCUMENTATION = {
  tags: ['ingest'],
  summary: 'Send observations of a gateway',
  description:
    'Body: one JSON object or an array of objects `{device, id?, seq?, at?, kind, value, battery?, buffered?}` ' +
    '(docs/native-format.md). HTTP Basic authentication with gateway id and secret. 200 only when durable.',
  response: {
    200: {
      type: 'object',
      properties: {
        accepted: { type: 'integer' },
        duplicates: { type: 'integer' },
        refused: { type: 'array', items: REFUSED_SCHEMA },
      },
      required: ['accepted', 'duplicates', 'refused'],
    },
  },
} as const;

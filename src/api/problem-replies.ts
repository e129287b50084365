// Turns every failure of a request into a problem of the catalogue: RFC 9457, `application/problem+json`,
// also for unknown routes and schema errors. What happened inside (5xx) is logged and never told.

import type { FastifyError, FastifyReply } from 'fastify';
import { RegistryError } from '#registry/registry.ts';
import type { ApiServer } from './context.ts';
import { codeOfRegistryProblem, PROBLEMS, Problem, type ProblemCode, problemBody } from './errors.ts';

/** Refusals by Fastify itself, before a route was asked. */
const FRAMEWORK_CODES: Readonly<Record<number, ProblemCode>> = {
  404: 'not-found',
  413: 'too-large',
  415: 'unsupported-media-type',
};

export function installProblemReplies(app: ApiServer): void {
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new Problem('not-found')));
  app.setErrorHandler((error: unknown, request, reply) => {
    const problem = problemOf(error);
    if (PROBLEMS[problem.code].status >= 500) request.log.error({ err: error }, 'request failed');
    return sendProblem(reply, problem);
  });
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { retryAfterSeconds } = problem.extra;
  if (typeof retryAfterSeconds === 'number') reply.header('retry-after', retryAfterSeconds);
  return reply
    .code(PROBLEMS[problem.code].status)
    .type('application/problem+json')
    .send(problemBody(problem));
}

export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof RegistryError) return new Problem(codeOfRegistryProblem(error.problem), error.message);
  return problemOfFramework(error as Partial<FastifyError>);
}

function problemOfFramework(error: Partial<FastifyError>): Problem {
  if (error.validation) {
    const errors = error.validation.map(({ instancePath, message }) => ({ at: instancePath, message }));
    return new Problem('invalid-input', error.message, { part: error.validationContext, errors });
  }
  const status = error.statusCode ?? 500;
  if (status === 503) return new Problem('unavailable');
  if (status >= 500) return new Problem('internal');
  return new Problem(FRAMEWORK_CODES[status] ?? 'malformed-request', error.message);
}

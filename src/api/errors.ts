// The catalogue of everything the API answers instead of what was asked: code, status, title. docs/errors.md
// lists the same codes for integrators; a test keeps both equal. A code is forever: consoles and gateways
// switch on it.

import type { CommandRefusal, HomeCommandRefusal } from '#core/model/command.ts';
import type { RegistryProblem } from '#registry/registry.ts';

export const PROBLEMS = {
  'malformed-request': { status: 400, title: 'The request could not be read' },
  'invalid-input': { status: 400, title: 'The request does not match the schema' },
  unauthenticated: { status: 401, title: 'Log in first' },
  'wrong-credentials': { status: 401, title: 'Login or password is wrong' },
  'cross-site': { status: 403, title: 'Changes are taken from the console itself only' },
  forbidden: { status: 403, title: 'Your role does not allow this' },
  'not-found': { status: 404, title: 'There is no such thing, or it is not yours to see' },
  'no-such-alert': { status: 404, title: 'There is no such alert, or it is not yours to see' },
  conflict: { status: 409, title: 'The id or place is taken' },
  'in-use': { status: 409, title: 'Something still depends on it' },
  'own-account': { status: 409, title: 'You cannot remove, disable or demote your own account' },
  'held-by-other': { status: 409, title: 'Another member of staff holds the alert' },
  'claim-lost': { status: 409, title: 'The claim was lost; claim again' },
  'not-watched': { status: 409, title: 'The home is not watched now' },
  'not-claimed': { status: 409, title: 'Claim the alert first' },
  'already-closed': { status: 409, title: 'The alert is closed' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'Only application/json is understood' },
  'bad-absence-end': { status: 422, title: 'The end of an absence lies ahead, at most 90 days' },
  'bad-rule-settings': { status: 422, title: 'The rules have no such settings' },
  'bad-outcome': { status: 422, title: 'There is no such outcome' },
  'missing-parent': { status: 422, title: 'It names a record that does not exist' },
  'invalid-record': { status: 422, title: 'The record breaks a rule of the registry' },
  'invalid-rule-settings': { status: 422, title: 'No rule would follow these settings' },
  'key-reused': { status: 422, title: 'The idempotency key was used for another command' },
  'too-many-homes': { status: 422, title: 'Too many homes at once; choose a smaller district' },
  'too-many-backtests': { status: 429, title: 'Other back-tests are waiting; try again later' },
  'too-many-attempts': { status: 429, title: 'Too many attempts; wait a little' },
  internal: { status: 500, title: 'Something broke on our side' },
  unavailable: { status: 503, title: 'The service cannot answer for this now; try again' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export type ProblemExtra = Readonly<Record<string, unknown>>;

/**
 * Thrown anywhere below a route; becomes the answer. `extra` are members beside the standard ones (RFC
 * 9457).
 */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly extra: ProblemExtra;
  constructor(code: ProblemCode, detail?: string, extra: ProblemExtra = {}) {
    super(detail ?? PROBLEMS[code].title);
    this.name = 'Problem';
    this.code = code;
    this.extra = extra;
  }
}

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
}

export function problemBody(problem: Problem): ProblemBody & ProblemExtra {
  const { status, title } = PROBLEMS[problem.code];
  const type = `https://shouwang.dev/errors/${problem.code}`;
  return { ...problem.extra, type, title, status, code: problem.code, detail: problem.message };
}

const REGISTRY_PROBLEMS: Readonly<Record<RegistryProblem, ProblemCode>> = {
  conflict: 'conflict',
  'missing-parent': 'missing-parent',
  'in-use': 'in-use',
  'not-found': 'not-found',
  invalid: 'invalid-record',
};

export function codeOfRegistryProblem(problem: RegistryProblem): ProblemCode {
  return REGISTRY_PROBLEMS[problem];
}

/** The core's refusals keep their names. */
export function problemOfRefusal(refusal: CommandRefusal, heldBy: string | null): Problem {
  return new Problem(refusal, undefined, refusal === 'held-by-other' ? { heldBy } : {});
}

const HOME_REFUSALS: Readonly<Record<HomeCommandRefusal, ProblemCode>> = {
  'no-such-home': 'not-found',
  'not-watched': 'not-watched',
  'bad-end': 'bad-absence-end',
};

export function problemOfHomeRefusal(refusal: HomeCommandRefusal): Problem {
  return new Problem(HOME_REFUSALS[refusal]);
}

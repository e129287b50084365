// Why a registry could not be opened, in words for the operator of the server: what is wrong and what to do.

export type OpenProblem = 'unreadable' | 'not-a-registry' | 'newer-schema' | 'key-file';

/** Thrown only while opening; `message` is one line that names the file. */
export class RegistryOpenError extends Error {
  readonly problem: OpenProblem;
  constructor(problem: OpenProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RegistryOpenError';
    this.problem = problem;
  }
}

export function causeText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

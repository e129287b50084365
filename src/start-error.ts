// A start that failed, in one line for a person; it names the option where there is one.

import { environmentName, flagName } from '#config/schema.ts';

export class StartError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
    this.code = code;
  }
}

/** What went wrong in the data folder is about the option that names it. */
export function asStartError(error: unknown): StartError {
  if (error instanceof StartError) return error;
  const code = String((error as { code?: unknown }).code ?? 'start-failed');
  const message = error instanceof Error ? error.message : String(error);
  const isFolder = code.startsWith('data-') || code === 'key-file';
  const label = isFolder ? `${flagName('dataDir')} (${environmentName('dataDir')}): ` : '';
  return new StartError(code, `${label}${message}`, { cause: error });
}

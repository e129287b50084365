// Errors of the log. Every one carries a code: callers and the start-up message decide by the code, never by the text.
// Only `log-full` and `log-busy` leave the log alive; any other failure of a commit is final (see sqlite-log.ts).

export type LogErrorCode =
  /** The folder or a file in it cannot be created, opened or written. */
  | 'data-folder-unwritable'
  /** The file is not a database, or a database of something else. */
  | 'data-file-foreign'
  /** Written by a newer version: downgrading would not understand it. */
  | 'data-file-newer'
  /** Bytes on disk are not what was written; the message names the place. */
  | 'data-file-corrupt'
  /** A folder of replayed recordings never becomes a real service, nor the other way round. */
  | 'data-clock-kind'
  /** No space: nothing of the commit is stored; works again by itself when there is space. */
  | 'log-full'
  /** Another program holds the write lock beyond the time-out: nothing of the commit is stored. */
  | 'log-busy'
  /** The disk or a worker failed: durability is unknown, this log never commits again. */
  | 'log-failed'
  | 'log-closed'
  | 'offset-trimmed'
  | 'no-such-partition';

export class LogError extends Error {
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LogError';
    this.code = code;
  }

  /** True when nothing of the failed commit was stored and the next commit may well succeed. */
  get isRecoverable(): boolean {
    return this.code === 'log-full' || this.code === 'log-busy';
  }
}

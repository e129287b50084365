// A connection that only reads the log's file. In WAL mode it waits for nobody and nobody for it.

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { LogError } from './log-error.ts';

export class ReadConnection {
  readonly #file: string;
  readonly #db: DatabaseSync;

  constructor(file: string, timeoutMs: number) {
    this.#file = file;
    this.#db = new DatabaseSync(file, { readOnly: true, timeout: timeoutMs });
  }

  /** Its rows are arrays: the columns in order. */
  statement(sql: string): StatementSync {
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }

  /** @throws LogError 'data-file-corrupt' */
  all<Row>(statement: StatementSync, ...parameters: SQLInputValue[]): Row[] {
    try {
      return statement.all(...parameters) as unknown as Row[];
    } catch (error) {
      throw this.corrupt(error instanceof Error ? error.message : String(error), error);
    }
  }

  /** The error that names the file and the place. */
  corrupt(what: string, cause?: unknown): LogError {
    return new LogError('data-file-corrupt', `${this.#file}: ${what}`, { cause });
  }

  close(): void {
    this.#db.close();
  }
}

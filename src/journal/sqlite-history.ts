// The retained log of a SQLite file for back-tests. A thread of its own reads ahead: SQLite needs nearly as long for an
// entry as the core.

import type { Entry } from '#core/model/entry.ts';
import { BodyScanner } from './body-scanner.ts';
import type { HistorySlice, HistorySpan, LogHistory } from './history.ts';
import { HistoryFile, type HistoryRange, NUMBERS_PER_ENTRY, type RawSlice } from './history-file.ts';
import { HistoryThread } from './history-thread.ts';
import { LogError } from './log-error.ts';

/** Slices asked for before they are wanted: one is being read while another lies ready. */
const SLICES_AHEAD = 3;

export function openSqliteHistory(file: string): LogHistory {
  return new SqliteHistory(file);
}

class SqliteHistory implements LogHistory {
  readonly #file: HistoryFile;
  readonly #thread: HistoryThread;
  /** What the thread has been asked to go on with; null: nothing yet. */
  #ahead: HistoryRange | null = null;
  #askedCount = 0;

  constructor(file: string) {
    this.#file = new HistoryFile(file);
    this.#thread = new HistoryThread(file);
  }

  span(): HistorySpan | null {
    return this.#file.span();
  }

  atMsOf(offset: number): number | null {
    return this.#file.atMsOf(offset);
  }

  slice(afterOffset: number, lastOffset: number, sources: readonly number[] | null): HistorySlice {
    const range = { afterOffset, lastOffset, sources };
    if (this.#ahead === null || !isSame(range, this.#ahead)) this.#begin(range);
    while (this.#askedCount <= SLICES_AHEAD) this.#ask(null);
    // After an error nothing that was asked for ahead is trusted.
    this.#ahead = null;
    const answer = this.#take();
    if (!answer.ok) throw new LogError(answer.code, answer.message);
    this.#ahead = { ...range, afterOffset: answer.slice.upToOffset };
    return new ScannedSlice(this.#file, answer.slice);
  }

  close(): void {
    this.#thread.end();
    this.#file.close();
  }

  /** Somebody goes on elsewhere, or with other sources: what was asked for ahead is of no use. */
  #begin(range: HistoryRange): void {
    while (this.#askedCount > 0) this.#take();
    this.#ask(range);
  }

  #ask(begin: HistoryRange | null): void {
    this.#thread.ask({ begin });
    this.#askedCount++;
  }

  #take() {
    this.#askedCount--;
    return this.#thread.wait();
  }
}

function isSame(a: HistoryRange, b: HistoryRange): boolean {
  return a.afterOffset === b.afterOffset && a.lastOffset === b.lastOffset && a.sources === b.sources;
}

/** Entries are made one at a time, as they are wanted: they die young and cost the collector next to nothing. */
class ScannedSlice implements HistorySlice {
  readonly count: number;
  readonly upToOffset: number;
  readonly #file: HistoryFile;
  readonly #numbers: Float64Array;
  readonly #bodies: BodyScanner;

  constructor(file: HistoryFile, { numbers, text, upToOffset }: RawSlice) {
    this.#file = file;
    this.count = numbers.length / NUMBERS_PER_ENTRY;
    this.upToOffset = upToOffset;
    this.#numbers = numbers;
    this.#bodies = new BodyScanner(text);
  }

  entry(index: number): Entry {
    const at = index * NUMBERS_PER_ENTRY;
    const offset = this.#numbers[at]!;
    const from = index === 0 ? 0 : this.#numbers[at - 1]!;
    try {
      return { offset, atMs: this.#numbers[at + 1]!, body: this.#bodies.body(from, this.#numbers[at + 2]!) };
    } catch (error) {
      throw this.#file.corruptEntry(offset, error);
    }
  }
}

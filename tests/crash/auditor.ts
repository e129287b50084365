// The audit: one pass over the stored log beside a fresh replay through the core, the stored effects, and everything
// the harness knows. P3 to the byte: what the alert store has, with all its crashes and snapshots behind it, must be
// what one undisturbed replay gives. The replay is the only thing taken from the service's code.

import { Engine } from '#core/engine.ts';
import type { Effect } from '#core/model/effect.ts';
import type { Entry } from '#core/model/entry.ts';
import { AlertAudit, type AlertFigures } from './audit-alerts.ts';
import { OrderAudit, type OrderFigures } from './audit-orders.ts';
import { ReadingAudit, type ReadingFigures } from './audit-readings.ts';
import { ScreenAudit } from './audit-screen.ts';
import type { Ledger } from './ledger.ts';
import type { Screen } from './screen.ts';
import { type StoredEffect, StoredFiles } from './stored-files.ts';

export interface AuditOptions {
  readonly folder: string;
  readonly ledger: Ledger;
  readonly screen: Screen;
  /** All was drained and the service stopped in good order: nothing may be on its way any more. */
  readonly isFinal: boolean;
}

export interface Audit extends ReadingFigures, AlertFigures, OrderFigures {
  readonly entries: number;
  readonly effects: number;
  /** First ones in full, the number of all. */
  readonly violations: readonly string[];
  readonly violationCount: number;
}

/** One fault usually breaks thousands of rows; the first ones tell. */
const VIOLATIONS_KEPT = 50;

/** The service must not be running on the folder. */
export function audit(options: AuditOptions): Audit {
  const files = new StoredFiles(options.folder);
  try {
    return new Auditor(options, files).run();
  } finally {
    files.dispose();
  }
}

class Auditor {
  readonly #options: AuditOptions;
  readonly #files: StoredFiles;
  readonly #violations: string[] = [];
  #violationCount = 0;
  #entryCount = 0;
  #effectCount = 0;
  /** The alert store lacks effects at its end; it will be told them at the next start. */
  #isStoreBehind = false;

  constructor(options: AuditOptions, files: StoredFiles) {
    this.#options = options;
    this.#files = files;
  }

  run(): Audit {
    const { ledger, screen, isFinal } = this.#options;
    const report = (violation: string): void => this.#report(violation);
    const readings = new ReadingAudit(ledger, report);
    const alerts = new AlertAudit(ledger, report);
    const orders = new OrderAudit(ledger, report);
    const shown = new ScreenAudit({ screen, isAll: isFinal, report });
    const engine = new Engine();
    const recorded = this.#files.recordedOffset();
    const stored = new EffectReader(this.#files.effects());
    let lastOffset = 0;
    for (const entry of this.#files.entries(report)) {
      lastOffset = entry.offset;
      this.#entryCount += 1;
      const replayed = this.#replay(engine, entry);
      if (replayed === null) break;
      const isPending = entry.offset > recorded;
      if (isPending && replayed.length > 0) this.#isStoreBehind = true;
      const effects = isPending ? replayed : this.#compare(entry.offset, replayed, stored);
      if (entry.body.type === 'observation') readings.take(entry.offset, entry.body);
      alerts.take(entry, effects);
      orders.take(entry, effects);
      shown.take(effects);
    }
    this.#checkEnds(stored, recorded, lastOffset);
    const readingFigures = readings.finish();
    this.#checkDrained(readingFigures);
    shown.finish();
    return {
      ...{ entries: this.#entryCount, effects: this.#effectCount },
      ...readingFigures,
      ...alerts.finish(this.#isStoreBehind ? null : this.#files.alerts(), isFinal),
      ...orders.finish(alerts.last),
      ...{ violations: this.#violations, violationCount: this.#violationCount },
    };
  }

  /** Null when the core cannot go on: a gap, or an entry it cannot read. */
  #replay(engine: Engine, entry: Entry): readonly Effect[] | null {
    try {
      return engine.step(entry);
    } catch (error) {
      this.#report(`offset ${entry.offset}: the replay stops here: ${(error as Error).message}`);
      return null;
    }
  }

  /** The stored effects of this entry, after comparing them with the replay byte by byte. */
  #compare(offset: number, replayed: readonly Effect[], stored: EffectReader): readonly Effect[] {
    const rows = stored.of(offset);
    const expected = replayed.map((effect) => JSON.stringify(effect));
    if (rows.length !== expected.length || rows.some(({ body }, at) => body !== expected[at])) {
      this.#report(
        `offset ${offset}: ${rows.length} stored effects are not the ${expected.length} of a replay`,
      );
    }
    const effects = rows.map(({ body }) => JSON.parse(body) as Effect);
    this.#effectCount += effects.length;
    return effects;
  }

  #checkEnds(stored: EffectReader, recorded: number, lastOffset: number): void {
    if (stored.strayCount() > 0) this.#report(`${stored.strayCount()} stored effects belong to no entry`);
    if (recorded > lastOffset)
      this.#report(`the alert store (${recorded}) is ahead of the log (${lastOffset})`);
    if (this.#options.isFinal && recorded < lastOffset) {
      this.#report(
        `after a stop in good order the alert store (${recorded}) lacks entries up to ${lastOffset}`,
      );
    }
  }

  #checkDrained({ sent, acked }: ReadingFigures): void {
    if (this.#options.isFinal && sent !== acked)
      this.#report(`${sent - acked} readings were never acknowledged`);
  }

  #report(violation: string): void {
    this.#violationCount += 1;
    if (this.#violations.length < VIOLATIONS_KEPT) this.#violations.push(violation);
  }
}

/** Stored effects in the order of the log, one entry's at a time. */
class EffectReader {
  readonly #rows: Iterator<StoredEffect>;
  #next: StoredEffect | undefined;
  #strayCount = 0;

  constructor(rows: Iterator<StoredEffect>) {
    this.#rows = rows;
    this.#advance();
  }

  of(offset: number): StoredEffect[] {
    for (; this.#next !== undefined && this.#next.offset < offset; this.#advance()) this.#strayCount += 1;
    const found: StoredEffect[] = [];
    for (; this.#next?.offset === offset; this.#advance()) found.push(this.#next);
    return found;
  }

  /** Those that nobody asked for, after all entries were gone through. */
  strayCount(): number {
    for (; this.#next !== undefined; this.#advance()) this.#strayCount += 1;
    return this.#strayCount;
  }

  #advance(): void {
    const { value, done } = this.#rows.next();
    this.#next = done === true ? undefined : value;
  }
}

// Goal: kill -9 loses nothing acknowledged and neither loses nor doubles an alarm (promises P1, P2, P3); and the audit
// that says so sees what is wrong. Method: a short run of `npm run crash`; then the files and the ledger of that very
// run are spoilt one by one, and each audit must name the fault. A failure prints its seed (CRASH_SEED repeats it).

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { audit } from './auditor.ts';
import { type FinishedRun, runCrash } from './crash-run.ts';

const KILLS = 6;
const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);

interface Fault {
  readonly name: string;
  /** Spoils the copy or the memory; the returned function puts the memory right again. */
  readonly spoil: (run: FinishedRun) => (() => void) | undefined;
  readonly found: RegExp;
}

const PRESS = `SELECT * FROM entry WHERE body LIKE '[%,"sos",%' ORDER BY offset DESC LIMIT 1`;

const FAULTS: readonly Fault[] = [
  {
    name: 'an acknowledged press is missing from the log',
    spoil: inFile('journal.db', (db) => {
      const { offset } = db.prepare(PRESS).get() as { offset: number };
      // Everything behind it goes too: a log that lost its end has no gap.
      db.prepare('DELETE FROM entry WHERE offset >= ?').run(offset);
    }),
    found: /acknowledged and not stored: \S+ \(sos\)/,
  },
  {
    name: 'the log has a gap',
    spoil: inFile('journal.db', (db) => db.exec('DELETE FROM entry WHERE offset = 5')),
    found: /the log has a gap: 4, then 6/,
  },
  {
    name: 'a press is stored twice',
    spoil: inFile('journal.db', (db) => {
      const press = db.prepare(PRESS).get() as unknown as Row;
      const last = db.prepare('SELECT * FROM entry ORDER BY offset DESC LIMIT 1').get() as unknown as Row;
      insert(db, { ...press, offset: last.offset + 1, at_ms: last.at_ms });
    }),
    found: /is stored twice/,
  },
  {
    name: 'a bit of the log is flipped',
    spoil: inFile('journal.db', (db) =>
      db.exec(`UPDATE entry SET body = replace(body, 'pir-hall', 'pir-hell') WHERE body LIKE '%pir-hall%'`),
    ),
    found: /the checksum of entry \d+ does not fit/,
  },
  {
    name: 'an alert is missing',
    spoil: inFile('alerts.db', (db) =>
      db.exec(`DELETE FROM effects WHERE alert_id = (SELECT alert_id FROM effects ORDER BY offset LIMIT 1)`),
    ),
    found: /rings nowhere/,
  },
  {
    name: 'an alert rings twice',
    spoil: inFile('alerts.db', (db) =>
      db.exec(`INSERT INTO effects SELECT offset, idx + 50, alert_id, body FROM effects
               WHERE body LIKE '%"change":"raised"%' LIMIT 1`),
    ),
    found: /raised twice/,
  },
  {
    name: 'the history is not what a replay gives',
    spoil: inFile('alerts.db', (db) =>
      db.exec(`UPDATE effects SET body = replace(body, '"lateByMs":', '"lateByMs":1') WHERE idx = 0`),
    ),
    found: /stored effects are not the/,
  },
  {
    name: 'the queue is not what the history says',
    spoil: inFile('alerts.db', (db) => db.exec(`UPDATE alerts SET body = replace(body, 'raised', 'closed')`)),
    found: /the table is not its newest state/,
  },
  {
    name: 'a confirmed note is not there',
    spoil: ({ ledger }) => {
      const order = ledger.orders.find(({ action, outcome }) => action === 'notes' && outcome === 'ok')!;
      const added = { ...order, text: 'never written', answer: { ...order.answer!, version: 1_000 } };
      ledger.orders.push(added);
      return () => ledger.orders.pop();
    },
    found: /confirmed and not there: "never written"/,
  },
  {
    name: 'somebody else closed it',
    spoil: ({ ledger }) => {
      const { staffId } = ledger;
      ledger.staffId = 'nobody';
      return () => {
        ledger.staffId = staffId;
      };
    },
    found: /was closed by nobody/,
  },
  {
    name: 'the screen was shown what is not in the log',
    spoil: ({ screen }) => {
      screen.shown.set('1:7', { id: 'ghost', version: 1, change: 'raised' });
      return () => screen.shown.delete('1:7');
    },
    found: /changes that are not in the log/,
  },
  {
    name: 'the screen was not shown a change',
    spoil: ({ screen }) => {
      const [cursor, shown] = [...screen.shown].at(-2)!;
      screen.shown.delete(cursor);
      return () => screen.shown.set(cursor, shown);
    },
    found: /never shown/,
  },
];

interface Row {
  readonly offset: number;
  readonly at_ms: number;
  readonly source: number | null;
  readonly id_a: number | null;
  readonly id_b: number | null;
  readonly body: string;
}

function insert(db: DatabaseSync, { offset, at_ms, source, id_a, id_b, body }: Row): void {
  const checksum = crc32(`${offset},${at_ms},${source},${id_a},${id_b},${body}`);
  const values = [offset, at_ms, source, id_a, id_b, checksum, body];
  db.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)').run(...values);
}

function inFile(name: string, change: (db: DatabaseSync) => void): Fault['spoil'] {
  return ({ folder }) => {
    const db = new DatabaseSync(join(folder, name));
    change(db);
    db.close();
    return undefined;
  };
}

/** What the audit of a spoilt copy says. */
function findings(run: FinishedRun, { spoil }: Fault): string {
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-spoilt-'));
  cpSync(run.folder, folder, { recursive: true });
  const spoilt = { ...run, folder };
  const putRight = spoil(spoilt);
  try {
    return audit({ ...spoilt, isFinal: true }).violations.join('\n');
  } finally {
    putRight?.();
    rmSync(folder, { recursive: true, force: true });
  }
}

test('kill -9 at any moment: nothing acknowledged is missing, no alarm is missing or doubled', async () => {
  const found = new Map<string, string>();
  const report = await runCrash({
    ...{ kills: KILLS, seed, homes: 10, readingsPerSecond: 600, auditEvery: 4 },
    onProgress: () => undefined,
    beforeRemoval: (run) => {
      for (const fault of FAULTS) found.set(fault.name, findings(run, fault));
    },
  });
  expect(report.violations, `seed ${seed}, folder ${report.folder}`).toEqual([]);
  const { kills, audit: figures, screen } = report;
  expect(kills.total).toBeGreaterThanOrEqual(KILLS);
  // The run was a run: enough of everything happened to mean something.
  expect(figures.acked).toBeGreaterThan(100);
  expect(figures.alerts).toBeGreaterThan(3);
  expect(figures.confirmed).toBeGreaterThan(3);
  expect(screen.connections).toBeGreaterThan(1);
  for (const { name, found: expected } of FAULTS) expect(found.get(name), name).toMatch(expected);
}, 300_000);

// How much of the log's file is in use. Trimmed pages stay in the file and are used again, so the size on disk says
// nothing about how much is kept.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Bytes of the pages in use; some tenths of a millisecond, on a connection of its own. */
export function usedLogBytes(folder: string): number {
  const db = new DatabaseSync(join(folder, 'journal.db'), { readOnly: true, timeout: 1_000 });
  try {
    const [pages, free, pageBytes] = ['page_count', 'freelist_count', 'page_size'].map((name) =>
      Number(db.prepare(`PRAGMA ${name}`).get()?.[name]),
    );
    return (pages! - free!) * pageBytes!;
  } finally {
    db.close();
  }
}

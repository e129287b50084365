// The limit of `recovery`, a program of its own: the same entries read from the same file by one SELECT,
// and their JSON parsed. Nothing is checked, restored or decided.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { serve } from './remote.ts';

export interface TailToRead {
  readonly folder: string;
  readonly afterOffset: number;
}

export interface TailRead {
  readonly entries: number;
  readonly tookMs: number;
}

export type TailProgram = { readonly read: (tail: TailToRead) => Promise<TailRead> };

async function read({ folder, afterOffset }: TailToRead): Promise<TailRead> {
  const startMs = performance.now();
  const log = new DatabaseSync(join(folder, 'journal.db'), { readOnly: true });
  const statement = log.prepare('SELECT body FROM entry WHERE offset > ? ORDER BY offset');
  let entries = 0;
  for (const { body } of statement.iterate(afterOffset)) {
    if (JSON.parse(String(body)) !== null) entries++;
  }
  log.close();
  return { entries, tookMs: performance.now() - startMs };
}

serve({ read } satisfies TailProgram);

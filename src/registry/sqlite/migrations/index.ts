// The list of migrations, in order. A new one is a file `NNNN-name.ts` and a line here; a released one never changes.
// Expand first, contract a release later, so that the version before still runs on the newer schema when it must.

import { migration0001 } from './0001-roster.ts';
import { migration0002 } from './0002-staff-and-audit.ts';
import { migration0003 } from './0003-profiles.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

export const MIGRATIONS: readonly Migration[] = [migration0001, migration0002, migration0003];

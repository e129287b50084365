// The roster file: which homes a simulation plays and the secrets of their gateways. Written readable for its owner
// only, since a secret lets anybody speak for that gateway.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface RosterHome {
  readonly homeId: string;
  readonly gatewayId: string;
  readonly secret: string;
  readonly timezone: string;
  /** Number of the home in its fleet; with the seed it decides the resident's life. */
  readonly index: number;
}

export interface Roster {
  readonly version: 1;
  readonly homes: readonly RosterHome[];
}

export const EMPTY_ROSTER: Roster = { version: 1, homes: [] };

/** @throws Error that names the file when it is no roster; a file that does not exist is an empty roster */
export function readRoster(file: string): Roster {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY_ROSTER;
    throw error;
  }
  const roster = parse(text) as Partial<Roster> | null;
  if (roster?.version !== 1 || !Array.isArray(roster.homes) || !roster.homes.every(isRosterHome)) {
    throw new Error(`${file} is not a roster file of version 1`);
  }
  return { version: 1, homes: roster.homes };
}

/** Whole or not at all: a half-written roster would lose secrets that are shown once. */
export function writeRoster(file: string, roster: Roster): void {
  const draft = `${file}.new`;
  writeFileSync(draft, `${JSON.stringify(roster, null, 1)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRosterHome(value: unknown): value is RosterHome {
  const home = value as Partial<RosterHome> | null;
  const words = [home?.homeId, home?.gatewayId, home?.secret, home?.timezone];
  return words.every((word) => typeof word === 'string') && Number.isInteger(home?.index);
}

// Which columns lie together at the beginning of a row, and are read ahead: those that every fourth reading or more
// asks for, counted over the readings of the bench. The others may lie anywhere: a wrong list is slow, never wrong.

import type { RowKind } from './row.ts';

/** Names as in a snapshot; in the order of how often. */
export const OFTEN_READ: Readonly<Record<RowKind, readonly string[]>> = {
  home: [
    'untoldFromMs',
    'sightBackAtMs',
    'wakeAtMs',
    'doorAtMs',
    'blindSinceMs',
    'lastActivityAtMs',
    'blindMs',
    'morningAtMs',
    'learnedMs',
    'riskFactor',
    'inactivity/contactAtMs',
    'out-of-bed/untilMs',
    'drift/weekEndsAtMs',
    'roomSinceMs',
    'bedAtMs',
    'otherActivityAtMs',
    'outOfBedAtMs',
    'out-of-bed/outAtMs',
    'drift/signAtMs',
    'drift/seenSinceMs',
    'settledAtMs',
    'night-exit/exitAtMs',
    'roamBlindMs',
    'roamedAtMs',
    'settingsIndex',
    'traits',
    'roomDevice',
    'lastActivityDevice',
    'drift/signs',
    'settledDevice',
    'hitDevice',
    'hintDevice',
    'otherActivityDevice',
  ],
  device: ['lastSeenAtMs', 'levelSinceMs', 'home', 'reportsHour', 'reports', 'traits', 'room'],
  gateway: ['lastSeenAtMs', 'linkLostAtMs'],
};

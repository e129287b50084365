// Staff have seen or spoken to the resident, as the outcome says with which they closed an alert. As good as a sign of
// life, from nowhere in particular: who collapses after the call that closed the alert must be missed again, though no
// sensor has spoken in between (R16: only new activity re-arms a rule).

import { PRESENCE } from '../state/roster.ts';
import type { Signals, World } from '../state/world.ts';
import { noteActivity } from './activity.ts';

export function noteContact(world: World, signals: Signals, home: number): void {
  const { lastActivityAtMs, presence } = world.roster.homes.columns;
  if (!world.roster.isWatched(home) || lastActivityAtMs[home] === 0) return;
  // Who is out may have been reached anywhere; that they have not come back is still true.
  if (presence[home] !== PRESENCE.away) noteActivity(world, signals, home, 0, world.nowMs, false);
  signals.onContact(home);
}

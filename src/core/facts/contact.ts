// Staff have seen or spoken to the resident, as the outcome says with which they closed an alert. It re-arms rules like
// new activity (R16): who collapses after the call that closed the alert must be missed again, though no sensor has
// spoken in between. For all else it is no activity: no sensor has seen it, so it teaches nothing and proves nobody in.

import type { Signals, World } from '../state/world.ts';

export function noteContact(world: World, signals: Signals, home: number): void {
  if (world.roster.isWatched(home)) signals.onContact(home);
}

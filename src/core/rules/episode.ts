// The end of what a rule has raised about a home, for rules that keep in a column whether they have; and when what goes
// on is told again.

import type { Bytes } from '../state/column.ts';
import type { HomeRow } from '../state/row.ts';
import type { World } from '../state/world.ts';
import { homeSubject } from './subject.ts';

interface Clearing {
  readonly world: World;
  clear(subject: string, restore: boolean): void;
}

/**
 * Of what is measured and still out nothing is told again for so long after a word with the resident (ADR 0023), s:
 * time for a doctor, another fit of the band or the way home, and no ring at every reading. NEWS2 asks for the next
 * look within the hour. Our own choice.
 */
export const AFTER_CONTACT_S = 3600;

/**
 * The episode is over; nothing to do when none was raised. `restore` as of `RuleContext.clear`. The column is handed
 * over by the rule: looked up here, it would be one of many shapes, and slow (rule-runner.ts).
 */
export function endEpisode(
  context: Clearing,
  isRaised: Bytes<'home'>,
  home: HomeRow,
  restore: boolean,
): void {
  if (isRaised.get(home) === 0) return;
  isRaised.set(home, 0);
  context.clear(homeSubject(context.world, home), restore);
}

// The end of what a rule has raised about a home, for rules that keep in a column whether they have.

import type { HomeRow } from '../state/row.ts';
import type { Column } from '../state/table.ts';
import type { World } from '../state/world.ts';
import { homeSubject } from './subject.ts';

interface Clearing {
  readonly world: World;
  clear(subject: string, restore: boolean): void;
}

/**
 * The episode is over; nothing to do when none was raised. `restore` as of `RuleContext.clear`. The column is handed
 * over by the rule: looked up here, it would be one of many shapes, and slow (rule-runner.ts).
 */
export function endEpisode(
  context: Clearing,
  isRaised: Column<'home'>,
  home: HomeRow,
  restore: boolean,
): void {
  if (isRaised[home] === 0) return;
  isRaised[home] = 0;
  context.clear(homeSubject(context.world, home), restore);
}

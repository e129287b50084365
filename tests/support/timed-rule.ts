// A rule of a test that does nothing but want to be woken.

import { defineRule, type Rule, type RuleHooks } from '#core/rules/rule.ts';
import type { World } from '#core/state/world.ts';

export function timedRule(
  id: string,
  start: (world: World) => Required<Pick<RuleHooks, 'nextDeadlineMs' | 'onDeadline'>>,
): Rule {
  return defineRule({
    id,
    title: id,
    alertKinds: [],
    priority: 4,
    parameters: {},
    homeColumns: {},
    deviceColumns: {},
    kinds: [],
    start: ({ world }) => start(world),
  });
}

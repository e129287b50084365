// A pan burns. The detector rests after three minutes; the alert must stay, since smoke latches.

import type { Scenario } from './scenario.ts';

const SMOKE_MS = 180_000;

export const smoke: Scenario = {
  name: 'smoke',
  summary: 'the kitchen smoke detector sounds for 3 minutes',
  homes: 1,
  async run(stage) {
    for (const home of stage.homes) {
      home.report('smoke-kitchen', 'smoke', true);
      stage.say(`${home.homeId}: smoke in the kitchen`);
    }
    await stage.wait(SMOKE_MS);
    for (const home of stage.homes) home.report('smoke-kitchen', 'smoke', false);
  },
};

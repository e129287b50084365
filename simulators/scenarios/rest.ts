// Nothing is wrong: the resident sits still for hours. Before the service calls anybody the terminal asks, and the
// resident presses cancel.

import type { Scenario } from './scenario.ts';

export const rest: Scenario = {
  name: 'rest',
  summary:
    'the resident sits still for hours and presses cancel when the terminal asks; no alarm must come of it',
  homes: 1,
  async run(stage) {
    for (const home of stage.homes) {
      home.report('pir-living', 'motion', true);
      home.report('pir-living', 'motion', false);
      home.rest();
      stage.say(`${home.homeId}: the resident sits down and rests`);
    }
  },
};

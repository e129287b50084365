// The pendant notices a hard fall, and the resident does not get up.

import type { Scenario } from './scenario.ts';

export const fall: Scenario = {
  name: 'fall',
  summary: 'the pendant reports a fall; the resident stays down',
  homes: 1,
  async run(stage) {
    for (const home of stage.homes) {
      home.collapse();
      home.report('fall-pendant', 'fall', true);
      stage.say(`${home.homeId}: fall detected by the pendant`);
    }
  },
};

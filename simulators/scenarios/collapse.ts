// Nobody presses anything: the resident just stops. Only the inactivity rule can notice; sensors and gateway are well.

import type { Scenario } from './scenario.ts';

export const collapse: Scenario = {
  name: 'collapse',
  summary: 'the resident goes down in the bathroom and no device says why; sensors keep checking in',
  homes: 1,
  async run(stage) {
    for (const home of stage.homes) {
      home.report('pir-bathroom', 'motion', true);
      home.collapse();
      stage.say(`${home.homeId}: the resident collapsed in the bathroom, silently`);
    }
  },
};

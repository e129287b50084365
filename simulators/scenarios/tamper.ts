// Somebody opens the case of a sensor and closes it again after a minute and a half.

import type { Scenario } from './scenario.ts';

const OPEN_MS = 90_000;

export const tamper: Scenario = {
  name: 'tamper',
  summary: 'the case of the hall motion sensor is open for 90 s',
  homes: 1,
  async run(stage) {
    for (const home of stage.homes) {
      home.report('pir-hall', 'tamper', true);
      stage.say(`${home.homeId}: case of pir-hall opened`);
    }
    await stage.wait(OPEN_MS);
    for (const home of stage.homes) home.report('pir-hall', 'tamper', false);
  },
};

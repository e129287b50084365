// A gas tap was left open; the detector repeats its alarm every 20 s until it is shut after two minutes.

import type { Scenario } from './scenario.ts';

export const gas: Scenario = {
  name: 'gas',
  summary: 'the gas detector alarms and repeats itself every 20 s for 2 minutes',
  homes: 1,
  async run(stage) {
    for (const home of stage.homes) stage.say(`${home.homeId}: gas in the kitchen`);
    for (let repeat = 0; repeat < 6; repeat += 1) {
      for (const home of stage.homes) home.report('gas-kitchen', 'gas', true);
      await stage.wait(20_000);
    }
    for (const home of stage.homes) home.report('gas-kitchen', 'gas', false);
  },
};

// A motion sensor's battery runs down: 24 %, 18 %, 9 %. The alert is due at 20 %.

import type { Scenario } from './scenario.ts';

const LEVELS_PCT = [24, 18, 9];

export const battery: Scenario = {
  name: 'battery',
  summary: 'the battery of the bathroom motion sensor falls to 24, 18 and 9 %',
  homes: 1,
  async run(stage) {
    for (const levelPct of LEVELS_PCT) {
      for (const home of stage.homes) {
        home.report('pir-bathroom', 'battery_pct', levelPct, levelPct);
        stage.say(`${home.homeId}: battery of pir-bathroom at ${levelPct} %`);
      }
      await stage.wait(5_000);
    }
  },
};

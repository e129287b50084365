// An earthquake: every home presses SOS within a minute. None may be merged away, delayed or lost.

import type { Scenario, ScenarioHome, Stage } from './scenario.ts';

/** 200 real presses in one minute is row 71 of the fault catalogue. */
const SPREAD_MS = 60_000;

async function pressLater(home: ScenarioHome, stage: Stage): Promise<void> {
  await stage.wait(stage.between(0, SPREAD_MS));
  home.report('sos-button', 'button', 'sos');
}

export const storm: Scenario = {
  name: 'storm',
  summary: 'N homes press SOS within 60 s (storm:200 for 200 homes)',
  homes: 'all',
  async run(stage) {
    stage.say(`storm: ${stage.homes.length} homes press SOS within 60 s`);
    await Promise.all(stage.homes.map((home) => pressLater(home, stage)));
    stage.say(`storm: all ${stage.homes.length} pressed`);
  },
};

// The emergency button is pressed, and once more a moment later, as frightened people do: one alert, two causes.

import type { Scenario } from './scenario.ts';

export const sos: Scenario = {
  name: 'sos',
  summary: 'the emergency button beside the bed is pressed, and again 6 s later',
  homes: 1,
  async run(stage) {
    for (const home of stage.homes) {
      home.report('sos-button', 'button', 'sos');
      stage.say(`${home.homeId}: SOS pressed`);
    }
    await stage.wait(6_000);
    for (const home of stage.homes) home.report('sos-button', 'button', 'sos');
  },
};

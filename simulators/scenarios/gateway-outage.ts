// A gateway loses its link without a goodbye and comes back with everything it kept meanwhile.

import type { Scenario } from './scenario.ts';

/** Longer than the 180 s supervision class, so that the silence itself is noticed too. */
const OUTAGE_MS = 240_000;

export const gatewayOutage: Scenario = {
  name: 'gateway-outage',
  summary: 'a gateway is cut off for 4 minutes, then sends what it buffered',
  homes: 1,
  async run(stage) {
    for (const home of stage.homes) {
      home.cutLink();
      stage.say(`${home.homeId}: gateway cut off`);
    }
    try {
      await stage.wait(OUTAGE_MS);
    } finally {
      // Also when the simulation ends early: nothing buffered may be left behind.
      for (const home of stage.homes) home.restoreLink();
    }
    for (const home of stage.homes) stage.say(`${home.homeId}: gateway back`);
  },
};

// A district's power fails and comes back: N gateways are gone in one instant and return in one instant, and in one
// home somebody presses SOS while it is dark. The press must arrive, late and marked so, before the rest of the flood.

import type { Scenario } from './scenario.ts';

const DARK_MS = 20_000;

export const reconnectStorm: Scenario = {
  name: 'reconnect-storm',
  summary: 'N gateways lose their link at once and return at once after 20 s; one SOS is pressed meanwhile',
  homes: 'all',
  async run(stage) {
    for (const home of stage.homes) home.cutLink();
    stage.say(`reconnect-storm: ${stage.homes.length} gateways cut off`);
    try {
      await stage.wait(DARK_MS / 2);
      const [first] = stage.homes;
      first?.report('sos-button', 'button', 'sos');
      if (first !== undefined) stage.say(`${first.homeId}: SOS pressed while cut off`);
      await stage.wait(DARK_MS / 2);
    } finally {
      for (const home of stage.homes) home.restoreLink();
    }
    stage.say(`reconnect-storm: ${stage.homes.length} gateways return`);
  },
};

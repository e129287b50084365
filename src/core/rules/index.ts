// The rules in the order in which they look at an entry. The order is part of the answer: do not sort it.

import { awayTooLong } from './away-too-long.ts';
import { bathroomStay } from './bathroom-stay.ts';
import { deviceSilent } from './device-silent.ts';
import { doorOpen } from './door-open.ts';
import { doorUnchanged } from './door-unchanged.ts';
import { drift } from './drift.ts';
import { emergency } from './emergency.ts';
import { gatewaySilent } from './gateway-silent.ts';
import { inactivity } from './inactivity.ts';
import { longUnheard } from './long-unheard.ts';
import { lowBattery } from './low-battery.ts';
import { missedCheckin } from './missed-checkin.ts';
import { missedTest } from './missed-test.ts';
import { nightExit } from './night-exit.ts';
import { notUp } from './not-up.ts';
import { outOfBed } from './out-of-bed.ts';
import type { Rule } from './rule.ts';
import { sensorStuck } from './sensor-stuck.ts';
import { tamper } from './tamper.ts';
import { temperature } from './temperature.ts';
import { unseenHome } from './unseen-home.ts';
import { vitalSigns } from './vital-signs.ts';
import { wandering } from './wandering.ts';
import { waterContinuous } from './water-continuous.ts';
import { waterHigh } from './water-high.ts';
import { waterLow } from './water-low.ts';

export const RULES: readonly Rule[] = [
  emergency,
  inactivity,
  bathroomStay,
  notUp,
  outOfBed,
  awayTooLong,
  unseenHome,
  longUnheard,
  gatewaySilent,
  deviceSilent,
  lowBattery,
  sensorStuck,
  nightExit,
  doorOpen,
  doorUnchanged,
  waterLow,
  waterHigh,
  waterContinuous,
  vitalSigns,
  temperature,
  wandering,
  missedTest,
  missedCheckin,
  tamper,
  drift,
];

// The rules in the order in which they look at an entry. The order is part of the answer: do not sort it.

import { awayTooLong } from './away-too-long.ts';
import { deviceSilent } from './device-silent.ts';
import { emergency } from './emergency.ts';
import { gatewaySilent } from './gateway-silent.ts';
import { inactivity } from './inactivity.ts';
import { lowBattery } from './low-battery.ts';
import type { Rule } from './rule.ts';
import { tamper } from './tamper.ts';
import { unseenHome } from './unseen-home.ts';

export const RULES: readonly Rule[] = [
  emergency,
  inactivity,
  awayTooLong,
  unseenHome,
  gatewaySilent,
  deviceSilent,
  lowBattery,
  tamper,
];

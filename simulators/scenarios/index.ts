// The list of scenarios. A new one is one file and one line here; --help and docs/simulators.md are checked against it.

import { battery } from './battery.ts';
import { collapse } from './collapse.ts';
import { fall } from './fall.ts';
import { gas } from './gas.ts';
import { gatewayOutage } from './gateway-outage.ts';
import { reconnectStorm } from './reconnect-storm.ts';
import { rest } from './rest.ts';
import type { Scenario } from './scenario.ts';
import { smoke } from './smoke.ts';
import { sos } from './sos.ts';
import { storm } from './storm.ts';
import { tamper } from './tamper.ts';

export const SCENARIOS: readonly Scenario[] = [
  sos,
  fall,
  smoke,
  gas,
  collapse,
  rest,
  gatewayOutage,
  battery,
  tamper,
  storm,
  reconnectStorm,
];

export interface ScheduledScenario {
  readonly scenario: Scenario;
  readonly homes: number | 'all';
  /** After the start of the simulation. */
  readonly afterMs: number;
  /** Plays in exactly these homes, which other scenarios then leave alone; otherwise homes are drawn. */
  readonly homeIds?: readonly string[];
}

/** Between two scenarios that name no time. */
const STAGGER_MS = 10_000;

/**
 * `sos,storm:200@30` → what to play in how many homes and when (seconds after the start).
 * @throws RangeError that names the part it cannot read
 */
export function parseScenarios(text: string): readonly ScheduledScenario[] {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  return parts.map((part, index) => {
    const match = /^([a-z-]+)(?::(\d+))?(?:@(\d+(?:\.\d+)?))?$/.exec(part.trim());
    const scenario = SCENARIOS.find(({ name }) => name === match?.[1]);
    if (match === null || scenario === undefined) {
      const known = SCENARIOS.map(({ name }) => name).join(', ');
      throw new RangeError(`unknown scenario "${part}"; known: ${known}`);
    }
    const homes = match[2] === undefined ? scenario.homes : Number(match[2]);
    if (homes === 0) throw new RangeError(`scenario "${part}" needs at least one home`);
    const afterMs = match[3] === undefined ? (index + 1) * STAGGER_MS : Number(match[3]) * 1_000;
    return { scenario, homes, afterMs };
  });
}

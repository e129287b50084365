// The auditor: one pass over the final log beside what was recorded and what is true. It does not know the rules: it
// knows what the generator did, what the log was told, and the table of bounds.

import type { AlertEffect, Effect } from '#core/model/effect.ts';
import type { Entry } from '#core/model/entry.ts';
import { CauseWorld, CHECKS } from './audit-causes.ts';
import { DutyAudit } from './audit-duties.ts';
import { EmergencyAudit } from './audit-emergencies.ts';
import { HandlingAudit } from './audit-handling.ts';
import { BOUNDS } from './bounds.ts';
import { HomeEvidence } from './evidence.ts';
import { Replay } from './replay.ts';
import type { Recorded } from './simulation.ts';
import type { MadeReading } from './truth.ts';
import { Verdict } from './verdict.ts';

export function audit(recorded: Recorded): Verdict {
  return new Auditor(recorded).run();
}

class Auditor {
  readonly #recorded: Recorded;
  readonly #verdict = new Verdict();
  readonly #homes: readonly HomeEvidence[];
  readonly #emergencies: EmergencyAudit;
  readonly #handling: HandlingAudit;
  readonly #duties: DutyAudit;
  readonly #replay: Replay;
  readonly #causes: CauseWorld;

  constructor(recorded: Recorded) {
    const { truth } = recorded;
    this.#recorded = recorded;
    this.#homes = truth.homes.map((facts) => new HomeEvidence(facts));
    this.#emergencies = new EmergencyAudit(truth, this.#verdict);
    this.#handling = new HandlingAudit(truth, this.#verdict);
    this.#duties = new DutyAudit(truth, this.#verdict);
    this.#replay = new Replay(this.#verdict);
    this.#causes = new CauseWorld(truth);
  }

  run(): Verdict {
    const { disk, truth, effects, contradictions, openAlerts, recordedOffset, untilMs } = this.#recorded;
    for (const id of contradictions)
      this.#verdict.report('disorder', null, 0, `effect ${id} was recorded twice and differently`);
    const byOffset = Map.groupBy(effects, (effect) => effect.offset);
    for (let offset = 1; offset <= recordedOffset; offset++)
      this.#take(disk.entry(offset), truth.readingAt[offset], byOffset.get(offset) ?? []);
    this.#emergencies.finish(untilMs);
    this.#handling.finish(openAlerts);
    this.#duties.finish(this.#homes, untilMs);
    return this.#verdict;
  }

  #take(entry: Entry, reading: MadeReading | undefined, effects: readonly Effect[]): void {
    const { body } = entry;
    this.#verdict.count('entries');
    this.#replay.take(entry, effects);
    this.#emergencies.take(entry, reading, effects);
    this.#handling.take(entry, effects);
    const alerts = effects.filter((effect) => effect.type === 'alert');
    // What fell due before this entry is judged by what was known before it; the rest with it.
    const isEarlier = (effect: AlertEffect): boolean => effect.alert.updatedAtMs < entry.atMs;
    for (const effect of alerts) if (isEarlier(effect)) this.#judge(effect);
    if (body.type === 'gateway-link' && body.online) this.#homes[body.gateway - 1]!.hear(entry);
    if (body.type === 'observation') this.#observe(entry, reading);
    for (const effect of alerts) if (!isEarlier(effect)) this.#judge(effect);
  }

  #observe(entry: Entry, reading: MadeReading | undefined): void {
    if (entry.body.type !== 'observation') return;
    const home = this.#homes[entry.body.gateway - 1]!;
    home.hear(entry);
    if (reading === undefined) {
      this.#verdict.report(
        'disorder',
        home.facts.homeId,
        entry.atMs,
        `offset ${entry.offset} was never made`,
      );
      return;
    }
    home.take(entry, reading);
    if (reading.kind === 'battery_pct' && typeof reading.value === 'number') {
      const device = home.device(reading.deviceId);
      if (reading.value <= BOUNDS.batteryLowPct) this.#lowBattery(entry, home, reading);
      else if (reading.value >= BOUNDS.batteryChangedPct) device.isBatteryLow = false;
    }
  }

  #lowBattery(entry: Entry, home: HomeEvidence, reading: MadeReading): void {
    const device = home.device(reading.deviceId);
    if (device.isBatteryLow) return;
    device.isBatteryLow = true;
    this.#verdict.count('low batteries');
    const rings = this.#recorded.effects.some((effect) => {
      if (effect.offset !== entry.offset || effect.type !== 'alert') return false;
      return effect.alert.kind === 'low-battery' && effect.alert.deviceId === reading.deviceId;
    });
    if (!rings)
      this.#verdict.report(
        'missed',
        home.facts.homeId,
        entry.atMs,
        `battery of ${reading.deviceId} at ${reading.value} %`,
      );
  }

  #judge(effect: AlertEffect): void {
    const { change, alert } = effect;
    this.#duties.take(effect, alert.updatedAtMs);
    if (change !== 'raised') return;
    const home = this.#homes.find(({ facts }) => facts.homeId === alert.homeId);
    if (home === undefined) {
      this.#verdict.report('false', alert.homeId, alert.raisedAtMs, `${alert.id} of an unknown home`);
      return;
    }
    const objection = CHECKS[alert.kind](alert, home, this.#causes);
    if (objection !== null)
      this.#verdict.report(
        'false',
        alert.homeId,
        alert.raisedAtMs,
        `${alert.id} (${alert.explanation.code}): ${objection}`,
      );
    const isDown = this.#causes.isDown(home, alert.raisedAtMs);
    if (alert.kind === 'inactivity' && !isDown) this.#verdict.count('inactivity of somebody well');
  }
}

// The duty room in virtual time: takes alerts, acknowledges, writes notes, closes; sends orders twice; forgets one it
// holds; loses its screen. Leaves some alerts alone, so that they climb the ladder. What it was answered is written
// into the truth.

import type { Alert } from '#core/model/alert.ts';
import type { AlertCommand, Outcome } from '#core/model/command.ts';
import type { Effect } from '#core/model/effect.ts';
import type { CommandResult } from '#runtime/runtime.ts';
import type { Random } from '../../simulators/random.ts';
import type { Agenda } from './agenda.ts';
import type { Service } from './service.ts';
import type { Truth } from './truth.ts';

const PEOPLE = ['st-li', 'st-wang', 'st-zhao'] as const;

export interface StaffOptions {
  readonly agenda: Agenda;
  readonly random: Random;
  readonly truth: Truth;
  readonly service: () => Service | null;
  /** Somebody has really come to harm there. */
  readonly isDown: (homeId: string | null) => boolean;
}

export class Staff {
  readonly #options: StaffOptions;

  constructor(options: StaffOptions) {
    this.#options = options;
  }

  /** Somebody calls and says that nobody will be in. Tried again until it is on record. */
  declareAway(home: number, untilMs: number, done: () => void): void {
    const { agenda, random } = this.#options;
    const again = (): void => {
      if (agenda.nowMs < untilMs) agenda.after(60_000, () => this.declareAway(home, untilMs, done));
    };
    const service = this.#service();
    if (service === null) return again();
    const staffId = random.pick(PEOPLE);
    service.homeCommand({ action: 'declare-away', home, staffId, untilMs, note: null }).then(
      (result) => {
        if (service.isDead) again();
        else if (result.ok) done();
      },
      () => again(),
    );
  }

  /** A life of the service began: the screens come back. */
  logIn(): void {
    const { agenda, random } = this.#options;
    for (const staffId of PEOPLE)
      agenda.after(random.between(500, 5_000), () => this.#service()?.deskPresence(staffId, true));
    agenda.after(5_000, () => {
      for (const { id, handling } of this.#service()?.openAlerts() ?? [])
        if (handling === 'raised') this.#queue(id);
    });
  }

  see(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type !== 'alert') continue;
      const isQueued =
        effect.change === 'raised' || effect.change === 'lease-lost' || effect.change === 'released';
      if (isQueued) this.#queue(effect.alert.id);
    }
  }

  #queue(alertId: string): void {
    const { agenda, random } = this.#options;
    if (random.chance(0.08)) return;
    agenda.after(random.exponential(40_000), () => this.#take(alertId, random.pick(PEOPLE)));
  }

  #service(): Service | null {
    const service = this.#options.service();
    if (service === null || !service.isUp) return null;
    return service.frozenUntilMs > this.#options.agenda.nowMs ? null : service;
  }

  #take(alertId: string, staffId: string): void {
    const { agenda, random } = this.#options;
    this.#order({ action: 'claim', alertId, staffId }, (alert) => {
      const token = alert.claim?.token ?? 0;
      const draw = random.next();
      // Forgotten: the lease of 120 s takes it back.
      if (draw < 0.08) return;
      if (draw < 0.14) return this.#loseScreen(staffId);
      if (draw < 0.18) return this.#order({ action: 'release', alertId, staffId, token });
      agenda.after(random.between(2_000, 100_000), () => {
        this.#order({ action: 'acknowledge', alertId, staffId, token }, () =>
          this.#work(alertId, staffId, token),
        );
      });
    });
  }

  /** A note now and then keeps the claim; then it is closed, sometimes twice. */
  #work(alertId: string, staffId: string, token: number): void {
    const { agenda, random } = this.#options;
    agenda.after(random.between(5_000, 110_000), () => {
      if (random.chance(0.5)) {
        const key = `note-${agenda.nowMs}`;
        const note = { action: 'note', alertId, staffId, text: 'still calling', key } as const;
        this.#order(note, () => this.#work(alertId, staffId, token));
        return;
      }
      const open = this.#service()
        ?.openAlerts()
        .find(({ id }) => id === alertId);
      const outcome = this.#outcomeOf(open ?? null);
      this.#order({ action: 'close', alertId, staffId, token, outcome, note: null });
    });
  }

  #outcomeOf(alert: Alert | null): Outcome {
    if (alert?.priority === 1) return { code: 'ASSISTED', detail: 'responder-visit' };
    if (this.#options.isDown(alert?.homeId ?? null)) return { code: 'EMERGENCY', detail: 'ambulance120' };
    return { code: 'WELFARE_OK', detail: 'spoke-to-elder' };
  }

  #loseScreen(staffId: string): void {
    const { agenda, random } = this.#options;
    this.#service()?.deskPresence(staffId, false);
    agenda.after(random.between(5_000, 60_000), () => this.#service()?.deskPresence(staffId, true));
  }

  /** Sent twice now and then; `next` goes on with the first answer when it was yes. */
  #order(command: AlertCommand, next: (alert: Alert) => void = () => undefined): void {
    const { random } = this.#options;
    this.#send(command, next);
    if (random.chance(0.1)) this.#send(command, () => undefined);
  }

  #send(command: AlertCommand, next: (alert: Alert) => void): void {
    const service = this.#service();
    if (service === null) return;
    service.command(command).then(
      (result: CommandResult) => {
        if (service.isDead || !result.ok) return;
        const { id: alertId, version } = result.alert;
        this.#options.truth.answers.push({ atMs: this.#options.agenda.nowMs, alertId, version });
        next(result.alert);
      },
      () => undefined,
    );
  }
}

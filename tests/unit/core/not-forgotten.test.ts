// Goal: whatever happened before, nobody of whom nothing is heard any more is forgotten. The gateway goes on speaking,
// so that the silence is that of the home: it rings, or the residents are taken for out and that rings. Also after
// staff have spoken to somebody, or suppose that they are out, and closed what was open.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlertKind } from '#core/model/alert.ts';
import { OUTCOMES, type OutcomeCode } from '#core/model/command.ts';
import { type Happening, happening, RandomHome } from '../../support/random-home.ts';

/** What says that somebody is not heard of. */
const MISSED: ReadonlySet<AlertKind> = new Set([
  'inactivity',
  'bathroom-stay',
  'not-up',
  'away-too-long',
  'unseen-home',
]);
const SPOKEN = { code: 'WELFARE_OK', detail: 'spoke-to-elder' } as const;
const SAID_AWAY = { code: 'AWAY', detail: 'undeclared' } as const;

/** Away 24 h and 48 h, after an absence of half an hour; twice the cap for signs that only one room makes. */
const HOURS = 50;

const doing = fc.oneof(
  { weight: 10, arbitrary: happening },
  fc.constantFrom('outage', 'declared away', 'not watched for a time', 'configured anew'),
);

function take(home: RandomHome, what: Happening | string): void {
  if (typeof what === 'object') home.take(what);
  else if (what === 'outage') home.outage(90);
  else if (what === 'declared away') home.declareAway(20);
  else {
    if (what === 'not watched for a time') home.reconfigure({ isWatched: false });
    home.configure();
  }
}

test.each(['none', '180s', '25h'] as const)(
  'silence for two days rings (gateway %s)',
  (gatewaySupervision) => {
    fc.assert(
      fc.property(
        fc.array(doing, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 2 }),
        fc.constantFrom(0, 13, 60),
        fc.shuffledSubarray([0, 1, 3, 4, 6, 7, 8, 9, 10]),
        fc.constantFrom(SPOKEN, SAID_AWAY),
        (all, residents, closedAfterHours, some, outcome) => {
          const home = new RandomHome({ residents, gatewaySupervision, order: [2, 5, ...some] });
          home.press();
          for (const one of all) take(home, one);
          if (closedAfterHours > 0) {
            home.waitWithBeats(closedAfterHours * 60);
            const isAsked = home.engine.openAlerts().some(({ kind }) => kind === 'away-too-long');
            // Asked where they are, staff say that they know: that is an answer.
            if (isAsked && outcome === SAID_AWAY) return;
            home.close(outcome);
            expect(home.engine.openAlerts()).toEqual([]);
          }
          home.waitWithBeats(HOURS * 60);
          const kinds = home.engine.openAlerts().map(({ kind }) => kind);
          expect(kinds.filter((kind) => MISSED.has(kind))).not.toEqual([]);
        },
      ),
      { numRuns: 120, seed: 20_261_123 },
    );
  },
);

/** Any word of staff, also a wrong one. */
const anyOutcome = fc.constantFrom(
  ...Object.entries(OUTCOMES).flatMap(([code, details]) =>
    details.map((detail) => ({ code: code as OutcomeCode, detail })),
  ),
);

test('whatever staff say when they close, and how often, who gives no sign is asked for within three days', () => {
  fc.assert(
    fc.property(
      fc.array(doing, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 2 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), anyOutcome), { maxLength: 3 }),
      (all, residents, closings) => {
        const home = new RandomHome({ residents });
        home.press();
        for (const one of all) take(home, one);
        for (const [afterHours, outcome] of closings) {
          home.waitWithBeats(afterHours * 60);
          home.close(outcome);
        }
        // A declared absence may end 20 h from now.
        home.waitWithBeats((20 + 72) * 60);
        const kinds = home.engine.openAlerts().map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === 'long-unheard')).toEqual(['long-unheard']);
      },
    ),
    { numRuns: 120, seed: 20_261_123 },
  );
});

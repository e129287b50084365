// Goal: an SOS rings whatever happened before: in a home that is away, unseen, no longer watched, full of other alerts,
// from a button that rang a minute ago or one that nobody knows.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Happening, happening, RandomHome } from '../../support/random-home.ts';

const doing = fc.oneof(
  { weight: 8, arbitrary: happening },
  fc.constantFrom('close', 'away', 'unwatch', 'watch', 'sos'),
);

function take(home: RandomHome, what: Happening | string, index: number): void {
  if (typeof what === 'object') home.take(what);
  else if (what === 'close') home.speakAndClose();
  else if (what === 'away') home.declareAway(20);
  else if (what === 'sos') home.sos(`earlier-${index}`);
  else home.reconfigure({ isWatched: what === 'watch' });
}

test('every press of the button is said once, of any device, at once', () => {
  fc.assert(
    fc.property(
      fc.array(doing, { maxLength: 25 }),
      fc.constantFrom('none', '180s'),
      fc.boolean(),
      (all, gatewaySupervision, isKnown) => {
        const home = new RandomHome({ gatewaySupervision });
        for (const [index, one] of all.entries()) take(home, one, index);
        const [first, ...more] = home.sos('now', isKnown);
        expect(first).toMatch(new RegExp(`^${home.nowMs} (raised|repeated|returned) `));
        expect(more).toEqual([]);
        // Copies stop at the ingest; one that came through is no second alert. A second press is told in any case.
        expect(home.sos('now', isKnown).filter((line) => line.includes(' raised '))).toEqual([]);
        expect(home.sos('again', isKnown)).toHaveLength(1);
      },
    ),
    { numRuns: 150, seed: 20_261_123 },
  );
});

// Goal: whoever has come home, or only answered the door, and is not heard of again is missed, however door and motion
// sensors told of it and in whatever order; whoever has gone out is not, until an absence is asked about.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlertKind } from '#core/model/alert.ts';
import type { EntryBody } from '#core/model/entry.ts';
import { homeOf, observationOf, run } from '../../support/scenario.ts';

const START_MS = Date.UTC(2026, 2, 27);
const MISSED: ReadonlySet<AlertKind> = new Set(['inactivity', 'not-up', 'bathroom-stay']);
/** The cap of all rules, and what the question of the terminal may take. */
const MISSED_AFTER_S = 12.5 * 3600;
/** Of the flat: the living room is passed between door and bedroom. */
type Room = 'pir-bedroom' | 'pir-living';

interface Report {
  readonly atS: number;
  readonly words: readonly string[];
}

const hit = (room: Room, atS: number): Report => ({ atS, words: [room, 'motion', 'on'] });
const rest = (room: Room, atS: number): Report => ({ atS, words: [room, 'motion', 'off'] });
const door = (atS: number, isOpen: boolean): Report => ({
  atS,
  words: ['door', 'contact', isOpen ? 'open' : 'closed'],
});

const atMsOf = (atS: number): number => START_MS + atS * 1000;

/** What was raised after these reports and then nothing, until so long after the last of them. */
function raisedAfter(reports: readonly Report[], residents: number, waitS: number): AlertKind[] {
  const gateway = { gateway: 1, gatewayId: 'gw', revision: 1, districtCode: '330106001001', home: 1 };
  const sorted = reports.toSorted((a, b) => a.atS - b.atS);
  const home = { home: { residents } };
  const configured = { ...gateway, supervision: '25h', isWatched: true } as const;
  const bodies: { readonly atS: number; readonly body: EntryBody }[] = [
    { atS: 0, body: { type: 'gateway-configured', gateway: configured } },
    { atS: 0, body: { type: 'home-configured', home: homeOf(home) } },
    ...sorted.map(({ atS, words }, at) => ({ atS, body: observationOf(words, atMsOf(atS), at, home) })),
    { atS: sorted.at(-1)!.atS + waitS, body: { type: 'tick' } },
  ];
  const entries = bodies.map(({ atS, body }, at) => ({
    offset: at + 1,
    atMs: atMsOf(atS),
    body,
  }));
  return run(entries).flatMap((effect) =>
    effect.type === 'alert' && effect.change === 'raised' ? [effect.alert.kind] : [],
  );
}

const residents = fc.integer({ min: 1, max: 2 });
/** A door is shut again within this many seconds. */
const shutAfterS = fc.integer({ min: 1, max: 40 });
const indoors = fc.constantFrom('pir-living' as const, 'pir-bedroom' as const);
const LEAVING = [hit('pir-living', 300), door(600, true), door(605, false)];

test('who comes home is missed', () => {
  fc.assert(
    fc.property(
      residents,
      fc.integer({ min: 52, max: 500 }),
      shutAfterS,
      fc.boolean(),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), indoors), { maxLength: 4 }),
      (people, awayMinutes, shutS, isShutTold, hits) => {
        const backS = 600 + awayMinutes * 60;
        const reports = [
          ...LEAVING,
          door(backS, true),
          ...(isShutTold ? [door(backS + shutS, false)] : []),
          ...hits.map(([afterS, room]) => hit(room, backS + afterS)),
        ];
        expect(raisedAfter(reports, people, MISSED_AFTER_S).some((kind) => MISSED.has(kind))).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('who answered the door and went back to a room is missed', () => {
  fc.assert(
    fc.property(
      residents,
      shutAfterS,
      // After a minute a single hit may be a stray one.
      fc.integer({ min: 15, max: 60 }),
      indoors,
      (people, shutS, afterS, room) => {
        const reports = [
          hit('pir-living', 300),
          door(600, true),
          door(600 + shutS, false),
          hit(room, 600 + shutS + afterS),
        ];
        expect(raisedAfter(reports, people, MISSED_AFTER_S).some((kind) => MISSED.has(kind))).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

const seconds = fc.oneof(
  fc.integer({ min: 1, max: 90 }),
  fc.integer({ min: 60, max: 5_000 }),
  fc.integer({ min: 5_000, max: 40_000 }),
);
const step = fc.record({
  afterS: seconds,
  what: fc.constantFrom('door open', 'door shut', 'door passed', 'pir-living', 'pir-bedroom'),
});

/** A hit with its OFF, or a movement of the door, of which one half may be lost. */
function reportsOf(what: string, atS: number): Report[] {
  if (what === 'pir-living' || what === 'pir-bedroom') return [hit(what, atS), rest(what, atS + 30)];
  const moves = [door(atS, true), door(atS + 4, false)];
  if (what === 'door passed') return moves;
  return [what === 'door open' ? moves[0]! : moves[1]!];
}

test('who walks from one room into another is in, and missed, whatever door and rooms said before', () => {
  fc.assert(
    fc.property(
      residents,
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 15, max: 4000 }),
      fc.integer({ min: 3, max: 110 }),
      (people, steps, laterS, walkS) => {
        let atS = 100;
        const before = steps.flatMap(({ afterS, what }) => {
          atS += afterS;
          return reportsOf(what, atS);
        });
        const walk = [
          ...reportsOf('pir-bedroom', atS + 4 + laterS),
          ...reportsOf('pir-living', atS + 4 + laterS + walkS),
        ];
        const raised = raisedAfter([hit('pir-living', 60), ...before, ...walk], people, MISSED_AFTER_S);
        expect(raised.some((kind) => MISSED.has(kind))).toBe(true);
      },
    ),
    { numRuns: 400 },
  );
});

test('who goes out is not, but for the absence', () => {
  fc.assert(
    fc.property(
      residents,
      shutAfterS,
      fc.array(fc.tuple(fc.integer({ min: 1, max: 250 }), indoors), { maxLength: 3 }),
      fc.option(fc.integer({ min: 0, max: 14 })),
      (people, shutS, hits, lastHitS) => {
        const reports = [
          ...hits.map(([atS, room]) => hit(room, atS)),
          hit('pir-living', 300),
          door(600, true),
          door(600 + shutS, false),
          ...(lastHitS === null ? [] : [hit('pir-living', 600 + shutS + lastHitS)]),
        ];
        const raised = raisedAfter(reports, people, 25 * 3600);
        expect(raised.filter((kind) => MISSED.has(kind) || kind === 'away-too-long')).toEqual([
          'away-too-long',
        ]);
      },
    ),
    { numRuns: 300 },
  );
});

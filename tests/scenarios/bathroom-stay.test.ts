import { expect, test } from 'vitest';
import { bathroomStay } from '#core/rules/bathroom-stay.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

const PIR = { deviceId: 'pir-bath', kind: 'motion', room: 'bathroom', zone: 'bathroom' } as const;
const FLUSH = { deviceId: 'flush', kind: 'flush', room: 'bathroom', zone: 'bathroom' } as const;
const DOOR = { deviceId: 'bath-door', kind: 'contact', room: 'bathroom', zone: 'bathroom' } as const;
const OCCUPANCY = { deviceId: 'radar', kind: 'occupancy', room: 'bathroom', zone: 'bathroom' } as const;
const HALL = { deviceId: 'pir-hall', kind: 'motion', room: 'hall', zone: 'other' } as const;
const CHAIR = { deviceId: 'chair', kind: 'seat', room: 'living room', zone: 'other' } as const;
const FRONT = { deviceId: 'front', kind: 'contact', room: 'entrance', zone: 'entry' } as const;
const BUTTON = { deviceId: 'pendant', kind: 'button', room: 'living room', zone: 'other' } as const;

const DEVICES = [PIR, FLUSH, HALL, CHAIR, FRONT, BUTTON];
const CERTAIN = { rules: { 'bathroom-stay': { doubtFactor: 0 } } };
/** The rule alone, without the doubt of the first days. */
const ALONE: ScenarioOptions = { devices: DEVICES, rules: [bathroomStay], home: CERTAIN };

test('an hour without a sign from elsewhere, however much stirs inside', () => {
  play(
    `
    10:00 pir-hall motion on
    10:01 pir-bath motion on
    10:20 flush flush on
    10:50 pir-bath motion on
    11:01 => raised bathroom-stay
  `,
    ALONE,
  );
});

test('a sign elsewhere or the front door ends the stay', () => {
  play(
    `
    10:01 pir-bath motion on
    11:00 pir-hall motion on
    11:10 pir-bath motion on
    12:09 front contact open
    12:39:00 wait
    20:00 wait
  `,
    ALONE,
  );
});

test('one alert per stay; it is cleared by leaving, and the next stay is a new one', () => {
  play(
    `
    10:01 pir-bath motion on
    11:01 => raised bathroom-stay
    11:01:10 staff li claim
    11:01:10 => claimed bathroom-stay
    11:01:20 staff li close WELFARE_OK spoke-to-elder
    11:01:20 => closed bathroom-stay
    12:00 pir-bath motion on
    15:00 pir-hall motion on
    15:01 pir-bath motion on
    16:00 pir-hall motion on
  `,
    ALONE,
  );
  play(
    `
    10:01 pir-bath motion on
    11:01 => raised bathroom-stay
    11:01:10 staff li claim
    11:01:10 => claimed bathroom-stay
    11:01:20 pir-bath motion on
    11:01:40 pir-hall motion on
    11:01:40 => cleared bathroom-stay
  `,
    ALONE,
  );
});

test('a contact of the bathroom is somebody who stands at it: the clock begins anew, and an alert clears', () => {
  const options = { ...ALONE, devices: [DOOR, HALL, CHAIR] };
  play(
    `
    10:00 pir-hall motion on
    10:01 bath-door contact open
    10:01:05 bath-door contact closed
    11:01:05 => raised bathroom-stay
    11:01:10 bath-door contact open
    11:01:10 => cleared bathroom-stay
    11:01:12 chair seat on
  `,
    options,
  );
  play(
    `
    10:00 pir-hall motion on
    10:01 bath-door contact open
    10:01:05 bath-door contact closed
    10:40 bath-door contact open        # leaves, to a place that nobody sees
    11:30 chair seat on
  `,
    options,
  );
});

test('a button is worn and has no room: pressing it shows that all is well for now', () => {
  play(
    `
    10:01 pir-bath motion on
    10:50 pendant button checkin
    11:30 pir-bath motion on
    12:09 => raised bathroom-stay       # the 49 minutes before were a usual stay: 49 × 1.3 + 15
  `,
    ALONE,
  );
});

test('little known: an hour and a half on the first day', () => {
  play(
    `
    10:01 pir-bath motion on
    11:31 => raised bathroom-stay
  `,
    { devices: DEVICES, rules: [bathroomStay] },
  );
});

test('long stays that ended well are usual, and fade when they stop', () => {
  const bath = (day: number, from: string, until: string): string => `
    d${day} ${from} pir-bath motion on
    d${day} ${until} pir-hall motion on
    d${day} ${until}:20 chair seat on
    d${day} ${until}:50 chair seat off
  `;
  play(
    `
    ${bath(0, '10:00', '10:50')}
    d1 10:00 pir-bath motion on
    d1 11:19 pir-bath motion on         # 50 × 0.98 × 1.3 + 15 minutes, rounded up
    d1 11:19 => raised bathroom-stay
  `,
    ALONE,
  );
  play(
    `
    ${bath(0, '10:00', '10:50')}
    d90 09:59 pir-hall motion on
    d90 09:59:20 chair seat on
    d90 10:00 pir-bath motion on
    d90 11:00 => raised bathroom-stay
  `,
    ALONE,
  );
});

test('where people leave the bathroom unseen for hours the rule learns to be silent', () => {
  play(
    `
    10:00 pir-bath motion on
    11:00 => raised bathroom-stay
    11:00:10 staff li claim
    11:00:10 => claimed bathroom-stay
    11:00:20 staff li close WELFARE_OK spoke-to-elder
    11:00:20 => closed bathroom-stay
    15:00 pir-hall motion on            # five hours: sat where nothing sees
    16:00 pir-bath motion on
    21:30 pir-hall motion on
  `,
    ALONE,
  );
});

test('never where nothing but the bathroom has a sensor', () => {
  play(
    `
    10:00 pir-bath motion on
    20:00 wait
  `,
    { ...ALONE, devices: [PIR, FLUSH, FRONT, BUTTON] },
  );
});

test('fewer sensors left to see the leaving: more patience, up to the hard cap', () => {
  const supervised = DEVICES.map((device) => ({ ...device, supervision: '5h' as const }));
  const effects = play(
    `
    04:00 chair seat on
    04:00 front contact open
    04:00:02 front contact closed
    08:58 pir-hall motion on
    08:59 flush flush on
    09:01 pir-bath motion on            # chair and front door said nothing for five hours; blind until now
    10:29 pir-bath motion on
    10:41 => raised bathroom-stay       # 3 of 5 sensors: 60 / 0.6 minutes
  `,
    { ...ALONE, devices: supervised },
  );
  expect(effects.at(-1)).toMatchObject({ alert: { explanation: { params: { coverage: 0.6 } } } });
});

test('an outage: the clock of the stay stands while we are blind, and a long one leaves presence uncertain', () => {
  play(
    `
    10:00 pir-hall motion on
    10:01 pir-bath motion on
    10:19 pir-bath motion on
    10:20 gateway off
    10:40 gateway on                    # not heard for 21 minutes
    11:22 => raised bathroom-stay
  `,
    ALONE,
  );
  play(
    `
    10:00 pir-hall motion on
    10:01 pir-bath motion on
    10:19 pir-bath motion on
    10:20 gateway off
    10:40 gateway on
    10:45 pir-bath motion on
    11:22 => raised bathroom-stay
  `,
    ALONE,
  );
  play(
    `
    10:00 pir-hall motion on
    10:01 pir-bath motion on
    10:20 gateway off
    12:30 gateway on                    # may have gone out meanwhile: inactivity is the rule for that
    18:00 wait
  `,
    ALONE,
  );
});

test('restart in the middle: the same instant, and our own outage adds to it', () => {
  play(
    `
    10:01 pir-bath motion on
    10:30 pulse
    10:30:02 resumed
    11:01 => raised bathroom-stay
  `,
    ALONE,
  );
  play(
    `
    10:01 pir-bath motion on
    10:30 pulse
    10:45 resumed
    11:16 => raised bathroom-stay
  `,
    ALONE,
  );
});

test('midnight and the clock change do not move a stay', () => {
  const across = `
    01:30 pir-bath motion on
    03:30 => raised bathroom-stay
  `;
  play(across, { ...ALONE, timezone: 'Europe/Madrid', date: '2026-03-29' }); // 02:00 is 03:00
  play(
    `
    01:50 pir-bath motion on
    01:55 flush flush on
    02:50 => raised bathroom-stay
  `,
    { ...ALONE, timezone: 'Asia/Shanghai', date: '2026-03-29' },
  );
  play(
    `
    23:30 pir-bath motion on
    d1 00:30 => raised bathroom-stay
  `,
    { ...ALONE, timezone: 'Europe/Madrid', date: '2026-10-24' },
  );
});

test('late readings: a sign elsewhere that comes late shortens the stay', () => {
  play(
    `
    10:00 pir-bath motion on
    10:30 pir-bath motion on
    10:40 pir-hall motion on late 1200  # it was in the hall at 10:20
    11:20 => raised bathroom-stay
  `,
    ALONE,
  );
});

test('an empty home has nobody in its bathroom', () => {
  play(
    `
    10:00 pir-hall motion on
    10:01 front contact open
    10:01:05 front contact closed
    12:00 pir-bath motion on            # a stray hit
    20:00 wait
  `,
    ALONE,
  );
  play(
    `
    10:00 pir-hall motion on
    10:01 pir-bath motion on
    10:20 staff li declare-away 5
    10:20 => declared-away
    14:00 staff li declare-back
    14:00 => declared-back
    20:00 wait
  `,
    ALONE,
  );
});

test('two residents: a sign elsewhere ends the stay, unless the bathroom says that somebody is still in it', () => {
  const two = { ...CERTAIN, residents: 2 };
  const visit = `
    10:00 pir-bath motion on
    10:05 pir-hall motion on
    12:00 pir-hall motion on
  `;
  play(visit, { ...ALONE, home: two });
  play(
    `
    09:59:50 bath-door contact open
    09:59:55 bath-door contact closed
    10:00 pir-bath motion on            # somebody is behind the closed door
    10:05 pir-hall motion on
    10:30 chair seat on
    10:59:55 => raised bathroom-stay
    10:59:58 bath-door contact open
    10:59:58 => cleared bathroom-stay
  `,
    { ...ALONE, devices: [...DEVICES, DOOR], home: two },
  );
  // What the other resident does in the kitchen neither clears it nor rings again.
  const drawer = { deviceId: 'drawer', kind: 'contact', room: 'kitchen', zone: 'kitchen' as const };
  play(
    `
    09:59:50 bath-door contact open
    09:59:55 bath-door contact closed
    10:00 pir-bath motion on
    10:59:55 => raised bathroom-stay
    11:00:10 drawer contact open
    11:00:15 drawer contact closed
    11:00:20 bath-door contact open
    11:00:20 => cleared bathroom-stay
  `,
    { ...ALONE, devices: [...DEVICES, DOOR, drawer], home: two },
  );
  play(
    `
    10:00 radar occupancy on
    10:05 pir-hall motion on
    11:00 => raised bathroom-stay
    11:00:10 radar occupancy off
    11:00:20 chair seat on
    11:00:20 => cleared bathroom-stay
  `,
    { ...ALONE, devices: [...DEVICES, OCCUPANCY], home: two },
  );
});

test('one silence is one alert: none while it has rung as inactivity', () => {
  const home = { rules: { ...CERTAIN.rules, inactivity: { dayMs: 1_800_000 } } };
  play(
    `
    10:00 pir-bath motion on
    10:30 => raised inactivity inactivity.day
    10:30:05 staff li claim
    10:30:05 => claimed inactivity
    10:30:06 staff li close TECHNICAL sensor-fault
    10:30:06 => closed inactivity
    11:20 pir-bath motion on            # that silence is over, the stay is not
    11:20 => raised bathroom-stay
  `,
    { ...ALONE, rules: [inactivity, bathroomStay], home },
  );
});

test('the alert explains itself', () => {
  const [effect] = play(
    `
    10:01 pir-bath motion on
    10:03 pir-bath motion on
    11:01 => raised bathroom-stay
  `,
    ALONE,
  );
  const sinceMs = Date.parse('2026-03-02T10:01:00+08:00');
  expect(effect).toMatchObject({
    alert: {
      priority: 2,
      room: 'bathroom',
      explanation: {
        code: 'bathroom-stay',
        params: {
          sinceMs,
          stayMs: 3_600_000,
          thresholdMs: 3_600_000,
          usualMs: null,
          room: 'bathroom',
          lastActivityAtMs: sinceMs + 120_000,
          coverage: 1,
        },
      },
    },
  });
});

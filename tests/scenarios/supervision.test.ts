import { expect, test } from 'vitest';
import type { EntryBody } from '#core/model/entry.ts';
import { deviceSilent } from '#core/rules/device-silent.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import { unseenHome } from '#core/rules/unseen-home.ts';
import { homeOf, observationOf, play, run } from '../support/scenario.ts';

const SUPERVISED = {
  gatewaySupervision: '180s' as const,
  devices: [
    { deviceId: 'pir-living', room: 'living room', supervision: '5h' as const },
    { deviceId: 'pir-bedroom', zone: 'bedroom' as const, supervision: '5h' as const },
  ],
};

test('a silent gateway is one alert, restored when it is back', () => {
  play(
    `
    08:00 gateway on
    08:03 => raised gateway-silent
    09:00 gateway on
    09:00 => restored gateway-silent
    09:02 gateway on
    09:04 wait
  `,
    SUPERVISED,
  );
});

test('a last will is believed after a minute, unless the gateway comes back before', () => {
  play(
    `
    08:00 gateway on
    08:00:10 gateway off
    08:01:05 gateway on
    08:01:10 gateway off
    08:02:10 => raised gateway-silent
    08:02:20 pir-living motion on
    08:02:20 => restored gateway-silent
  `,
    SUPERVISED,
  );
});

test('an alert somebody holds is only marked when the gateway is back', () => {
  play(
    `
    08:00 gateway on
    08:03 => raised gateway-silent
    08:04 staff li claim
    08:04 => claimed gateway-silent
    08:05 gateway on
    08:05 => cleared gateway-silent
    08:05:30 staff li close TECHNICAL network
    08:05:30 => closed gateway-silent
  `,
    SUPERVISED,
  );
});

test('a gateway that never came is reported after a day', () => {
  play(
    `
    08:00 wait
    d1 08:00 => raised gateway-silent
  `,
    SUPERVISED,
  );
});

test('a sensor that goes silent behind a living gateway', () => {
  play(
    `
    08:00 pir-living motion on
    08:00 pir-bedroom motion on
    12:00 pir-living motion on
    13:00 => raised device-silent
    13:30 pir-bedroom motion off
    13:30 => restored device-silent
  `,
    { devices: SUPERVISED.devices, gatewaySupervision: 'none' },
  );
});

test('what the gateway says of a device counts at once', () => {
  play(
    `
    08:00 pir-living motion on
    08:10 pir-living online off
    08:10 => raised device-silent
    08:20 pir-living online on
    08:20 => restored device-silent
  `,
    { devices: SUPERVISED.devices },
  );
});

test('a home that cannot be seen is not a quiet home', () => {
  play(
    `
    08:00 pir-living motion on
    08:00 pir-bedroom motion on
    08:03 => raised gateway-silent
    20:00 => raised unseen-home
    20:30 gateway on
    20:30 => restored gateway-silent
    20:31 gateway on
    20:31 pir-living motion on
    20:31 => restored unseen-home
    20:32 gateway on
  `,
    SUPERVISED,
  );
});

test('the inactivity clock stands while we are blind and goes on afterwards', () => {
  play(
    `
    08:00 pir-living motion on
    08:00 pir-bedroom motion on
    09:00 gateway on
    09:00 gateway off
    09:01 => raised gateway-silent
    11:00 gateway on
    11:00 => restored gateway-silent
    22:00 => raised inactivity inactivity.cap   # who went out meanwhile was not seen
  `,
    { devices: SUPERVISED.devices.map((device) => ({ ...device, supervision: 'none' as const })) },
  );
});

test('while kept readings are still coming in nothing is said of a silence', () => {
  const kept = `
    07:00 pir-living motion on
    07:00 pir-bedroom motion on
    07:01 gateway off
    20:00 gateway on
    20:00 pir-living motion on late 45000`;
  play(
    `${kept}
    20:00:30 pir-living motion on late 1800
    20:10 wait`,
    { rules: [inactivity] },
  );
  play(
    `${kept}
    20:02 => raised inactivity inactivity.cap`,
    { rules: [inactivity] },
  );
});

test('what the gateway kept during an outage counts as seen', () => {
  play(
    `
    08:00 pir-living motion on
    08:00 pir-bedroom motion on
    09:00 gateway off
    09:01 => raised gateway-silent
    11:00 gateway on
    11:00 => restored gateway-silent
    11:00:01 pir-living motion on late 3601
    11:00:02 pir-bedroom motion on late 3597
    16:00:05 => raised inactivity inactivity.day
  `,
    { devices: SUPERVISED.devices.map((device) => ({ ...device, supervision: 'none' as const })) },
  );
});

test('our own outage makes no gateway silent', () => {
  play(
    `
    08:00 gateway on
    08:01 pulse
    12:00 resumed
    12:02:59 wait
    12:03 => raised gateway-silent
  `,
    SUPERVISED,
  );
});

test('a device that leaves the roster is nobody any more, and its home goes on', () => {
  const place = { room: 'living room', zone: 'other', supervision: 'none' };
  const kept = [{ device: 1, deviceId: 'pir-living', gateway: 1, kind: 'motion', ...place }];
  play(
    `
    08:00 pir-living motion on
    08:00 pir-bedroom motion on
    09:00 configure ${JSON.stringify({ devices: kept })}
    09:30 pir-bedroom motion on
    14:00 => raised inactivity inactivity.day
  `,
    { devices: SUPERVISED.devices.map((device) => ({ ...device, supervision: 'none' as const })) },
  );
});

test('midnight, the night the clocks change and a second resident: supervision counts hours that pass', () => {
  const devices = SUPERVISED.devices.map((device) => ({ ...device, supervision: '5h' as const }));
  const options = { devices, timezone: 'Europe/Amsterdam', home: { residents: 2 } };
  // From 23:30 on five hours are over at 05:30 in March, and at 03:30 in October.
  for (const [date, due] of [
    ['2026-03-28', '05:30'],
    ['2026-10-24', '03:30'],
  ])
    play(
      `
      23:30 pir-living motion on
      23:30 pir-bedroom motion on
      d1 01:30 pir-bedroom motion off
      d1 ${due} => raised device-silent
      d1 ${due} pir-living motion on
      d1 ${due} => restored device-silent
    `,
      { ...options, date: date! },
    );
  play(
    `
    23:58 gateway on
    d1 00:01 => raised gateway-silent
    d1 01:58 gateway on
    d1 01:58 => restored gateway-silent
    d1 03:01 => raised gateway-silent
  `,
    { ...SUPERVISED, timezone: 'Europe/Amsterdam', date: '2026-03-28', home: { residents: 2 } },
  );
});

test('sensors registered ahead of the fitter take nothing from our sight of a home that is lived in', () => {
  const place = { room: 'hall', zone: 'other' as const, supervision: '25h' as const };
  const seen = [
    { ...place, deviceId: 'pir-living', room: 'living room' },
    { ...place, deviceId: 'pir-bedroom', room: 'bedroom' },
  ].map((device, at) => ({ device: at + 1, gateway: 1, kind: 'motion', ...device }));
  const more = [3, 4, 5, 6].map((device) => ({
    ...{ device, gateway: 1, kind: 'motion', deviceId: `new-${device}` },
    ...place,
  }));
  const options = { devices: seen, rules: [inactivity, unseenHome] };
  play(
    `
    08:00 pir-living motion on
    08:01 pir-bedroom motion on
    08:30 configure ${JSON.stringify({ devices: [...seen, ...more] })}
    14:01 => raised inactivity inactivity.day
  `,
    options,
  );
  // Of a home of which nothing was ever heard nobody knows what it will be seen with.
  play('08:00 wait\nd1 12:00 wait', { ...options, devices: [...seen, ...more] });
});

const NIGHTLY = (day: number): string => `
    d${day} 02:59:30 gateway on
    d${day} 02:59:40 gateway off
    d${day} 03:02:40 gateway on
    d${day} 10:00 pir-living motion on
    d${day} 22:00 pir-living motion on`;
const ONE_DEAD = {
  rules: [deviceSilent],
  devices: [
    { deviceId: 'pir-living', room: 'living room', supervision: '25h' as const },
    { deviceId: 'smoke', kind: 'smoke', room: 'kitchen', supervision: '25h' as const },
  ],
};

test('a short outage in every night, of the gateway or of ours, hides no dead sensor', () => {
  const nights = [1, 2, 3].map(NIGHTLY).join('');
  const heard = '08:00 smoke battery_pct 80 level\n08:00 pir-living motion on\n22:00 pir-living motion on';
  play(`${heard}${nights}\nd2 15:32:40 => raised device-silent`, ONE_DEAD);
  const ours = nights
    .replace(/.*gateway o.*\n/g, '')
    .replace(/d(\d) 10:00/g, 'd$1 03:00 pulse\nd$1 03:02 resumed\nd$1 10:00');
  play(`${heard}${ours}\nd2 15:32 => raised device-silent`, ONE_DEAD);
  // One that was never heard of as well.
  play(
    `08:00 pir-living motion on\n22:00 pir-living motion on${nights}\nd2 15:32:40 => raised device-silent`,
    ONE_DEAD,
  );
});

test('one whose report may have been lost in an outage is given another window', () => {
  play(
    `
    08:00 smoke battery_pct 80 level
    08:00 pir-living motion on
    20:00 pir-living motion on
    d1 07:30 gateway off
    d1 08:30 gateway on
    d1 08:30 pir-living motion on
    d1 20:00 pir-living motion on
    d2 08:00 smoke battery_pct 80 level
    d2 08:00 pir-living motion on
    d2 19:00 wait
  `,
    ONE_DEAD,
  );
});

test('a gateway whose heartbeats are missing takes its devices along: none of them is called silent for it', () => {
  const beats = Array.from({ length: 20 }, (_, minute) => `08:${String(minute).padStart(2, '0')} gateway on`);
  play(
    `
    08:00 pir-living motion on
    08:00 pir-bedroom motion on
    ${beats.join('\n')}
    d1 07:00 wait
  `,
    { ...SUPERVISED, gatewaySupervision: '25h', rules: [deviceSilent] },
  );
});

test('a device moved behind another gateway is not judged by its silence behind the first', () => {
  const gateway = { gatewayId: 'gw-2', revision: 1, districtCode: '330106001001', home: 1 };
  const device = { device: 1, deviceId: 'pir', kind: 'motion', room: 'hall', zone: 'other' as const };
  const at = (number: number) => homeOf({ devices: [{ ...device, gateway: number, supervision: '25h' }] });
  const hours = (count: number): number => count * 3_600_000;
  const link = { type: 'gateway-link', reason: 'status' } as const;
  const bodies: readonly (readonly [number, EntryBody])[] = [
    ...[1, 2].map((number) => {
      const own = { ...gateway, gateway: number, gatewayId: `gw-${number}` };
      const body = { ...own, supervision: 'none', isWatched: true } as const;
      return [0, { type: 'gateway-configured', gateway: body }] as const;
    }),
    [0, { type: 'home-configured', home: at(1) }],
    [hours(1), { ...link, gateway: 1, online: true }],
    [hours(1), { ...link, gateway: 2, online: true }],
    [hours(2), observationOf(['pir', 'motion', 'on'], hours(2), 1, { devices: [device] })],
    [hours(3), { ...link, gateway: 1, online: false, reason: 'will' }],
    [hours(50), { type: 'home-configured', home: at(2) }],
    [hours(74), { type: 'tick' }],
    [hours(75), { type: 'tick' }],
  ];
  const entries = bodies.map(([atMs, body], index) => ({ offset: index + 1, atMs: 1e12 + atMs, body }));
  const silent = run(entries, [deviceSilent]).map(({ atMs }) => (atMs - 1e12) / hours(1));
  expect(silent).toEqual([75]);
});

test('what a gateway says of a device that has spoken since changes nothing', () => {
  play(
    `
    08:00 pir-living motion on
    08:00 pir-bedroom motion on
    12:00 pir-living motion on
    12:00:10 pir-living online off late 3600
    12:59 wait
  `,
    { devices: SUPERVISED.devices, rules: [deviceSilent] },
  );
});

test('a gateway whose heartbeats pause every two hours hides no dead sensor', () => {
  const clock = (minute: number): string =>
    [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  const lines = Array.from({ length: 20 * 60 }, (_, minute) => {
    const isPause = minute % 120 >= 115;
    const alive = minute % 30 === 0 ? [`${clock(minute)} pir-living motion on`] : [];
    return isPause ? [] : [`${clock(minute)} gateway on`, ...alive];
  }).flat();
  const dead = lines.toSpliced(92, 0, '01:30 pir-bedroom motion on');
  play(`${dead.join('\n')}\n06:30 => raised device-silent`, {
    ...SUPERVISED,
    gatewaySupervision: '25h',
    rules: [deviceSilent],
  });
});

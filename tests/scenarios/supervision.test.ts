import { test } from 'vitest';
import { inactivity } from '#core/rules/inactivity.ts';
import { unseenHome } from '#core/rules/unseen-home.ts';
import { play } from '../support/scenario.ts';

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
    20:30 => restored unseen-home
    20:31 gateway on
    20:33:30 wait
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

test('a home that is lost again rings again, though it is the same silence', () => {
  const beats = Array.from({ length: 151 }, (_, beat) => 18 * 60 + 30 + beat * 2);
  const clock = (minute: number): string =>
    [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  play(
    `
    06:00 pir motion on
    18:00 => raised unseen-home
    ${beats.map((minute) => `${clock(minute)} gateway on`).join('\n')}
    18:30 => restored unseen-home
    23:30 => raised unseen-home
  `,
    {
      gatewaySupervision: '180s',
      devices: [{ deviceId: 'pir', supervision: '5h' }],
      rules: [unseenHome],
    },
  );
});

test('an unseen home whose resident was reached is asked for again half a day later', () => {
  play(
    `
    06:00 pir motion on
    18:00 => raised unseen-home
    18:10 staff li claim
    18:10 => claimed unseen-home
    18:11 staff li close WELFARE_OK spoke-to-elder
    18:11 => closed unseen-home
    d1 06:11 => raised unseen-home
  `,
    { gatewaySupervision: '180s', devices: [{ deviceId: 'pir', supervision: '5h' }], rules: [unseenHome] },
  );
});

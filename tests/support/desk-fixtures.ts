// Homes and alerts for the tests of the console, in the shapes of the contract. Names are invented.

import type { AlertKind, Priority } from '#core/model/alert.ts';
import type { DeskAlert } from '#core/model/desk-message.ts';

const FAMILY = ['张', '王', '李', '赵', '陈', '刘', '杨', '黄', '周', '吴'];
const STREETS = ['文三路', '古墩路', '天目山路', '莫干山路', '学院路'];

const PRIORITY: Partial<Record<AlertKind, Priority>> = {
  inactivity: 2,
  'unseen-home': 3,
  'long-unheard': 3,
  'away-too-long': 3,
  'gateway-silent': 4,
  'device-silent': 4,
  'low-battery': 4,
  tamper: 4,
  'rule-fault': 3,
};

export function explanationOf(kind: AlertKind, atMs: number): DeskAlert['explanation'] {
  const hour = 3_600_000;
  switch (kind) {
    case 'inactivity':
      return {
        code: 'inactivity.day',
        params: {
          thresholdMs: 6 * hour,
          silentMs: 6.3 * hour,
          blindMs: 600_000,
          lastActivityAtMs: atMs - 6.3 * hour,
          lastRoom: 'kitchen',
          lastKind: 'motion',
          coverage: 0.83,
          riskFactor: 0.75,
        },
      };
    case 'away-too-long':
    case 'unseen-home':
    case 'long-unheard':
      return { code: kind, params: { sinceMs: atMs - 26 * hour, thresholdMs: 24 * hour } };
    case 'gateway-silent':
      return { code: kind, params: { lastSeenAtMs: atMs - 190_000, windowMs: 180_000 } };
    case 'device-silent':
      return { code: kind, params: { lastSeenAtMs: atMs - 6 * hour, windowMs: 5 * hour, kind: 'motion' } };
    case 'low-battery':
      return { code: kind, params: { batteryPct: 12, thresholdPct: 20 } };
    case 'tamper':
      return { code: kind, params: { deviceId: 'pir-1' } };
    case 'rule-fault':
      return { code: kind, params: { rule: 'inactivity', offset: 812, error: 'planted' } };
    case 'not-up':
      return {
        code: 'not-up.learned',
        params: { byMinute: 560, usualMinute: 480, learnedDays: 14, lastActivityAtMs: atMs - 9 * hour },
      };
    case 'bathroom-stay':
      return {
        code: kind,
        params: { sinceMs: atMs - hour, stayMs: hour, thresholdMs: hour, usualMs: hour / 2 },
      };
    case 'out-of-bed':
      return { code: kind, params: { outMs: hour, thresholdMs: 0.75 * hour, lastRoom: 'bathroom' } };
    case 'night-exit':
      return { code: kind, params: { sinceMs: atMs - hour / 4, thresholdMs: hour / 4 } };
    case 'door-open':
      return { code: kind, params: { openMs: hour / 6, thresholdMs: hour / 6, room: 'hall' } };
    case 'door-unchanged':
      return { code: kind, params: { sinceMs: atMs - 48 * hour, thresholdMs: 48 * hour } };
    case 'water-low':
    case 'water-high':
      return { code: kind, params: { usedLiters: 4, thresholdLiters: 10, windowMs: 12 * hour } };
    case 'water-continuous':
      return { code: kind, params: { sinceMs: atMs - 24 * hour, usedLiters: 310 } };
    case 'vital-signs':
      return {
        code: 'vital-signs.high',
        params: { vital: 'heart_rate_bpm', value: 134, threshold: 120, durationMs: hour / 6 },
      };
    case 'temperature':
      return {
        code: 'temperature.cold',
        params: { temperatureC: 11.5, thresholdC: 14, durationMs: 2 * hour },
      };
    case 'wandering':
      return { code: kind, params: { distanceM: 840, radiusM: 500 } };
    case 'missed-test':
      return { code: kind, params: { lastTestAtMs: atMs - 31 * 24 * hour, windowMs: 31 * 24 * hour } };
    case 'missed-checkin':
      return { code: kind, params: { byMinute: 600, lastCheckinAtMs: atMs - 30 * hour } };
    case 'drift':
      return { code: kind, params: { measure: 'sleep', usual: 465, recent: 322, changePct: -31, weeks: 4 } };
    case 'sensor-stuck':
      return { code: 'sensor-stuck.on', params: { onMs: 2 * hour, deviceId: 'pir-1' } };
    default:
      return { code: kind, params: { deviceId: 'button-1', room: 'bedroom', lateByMs: 0 } };
  }
}

/** An alert of home `number`, raised `agoMs` before `nowMs`. */
export function alertOf(
  number: number,
  kind: AlertKind,
  options: { readonly nowMs: number; readonly agoMs?: number; readonly change?: Partial<DeskAlert> },
): DeskAlert {
  const raisedAtMs = options.nowMs - (options.agoMs ?? 0);
  const homeId = `home-${number}`;
  return {
    id: `${homeId}~${kind}~${raisedAtMs}`,
    kind,
    rule: kind,
    priority: PRIORITY[kind] ?? 1,
    homeId,
    districtCode: '330106003000',
    gatewayId: `gw-${number}`,
    deviceId: kind === 'gateway-silent' ? null : 'button-1',
    room: kind === 'gateway-silent' ? null : 'bedroom',
    condition: 'active',
    handling: 'raised',
    raisedAtMs,
    updatedAtMs: raisedAtMs,
    clearedAtMs: null,
    closedAtMs: null,
    lateByMs: 0,
    causeCount: 1,
    escalationLevel: 0,
    claim: null,
    notes: [],
    outcome: null,
    closedBy: null,
    explanation: explanationOf(kind, raisedAtMs),
    version: 1,
    home: {
      districtName: '西湖区北山街道',
      maskedElderName: `${FAMILY[number % FAMILY.length]}*`,
      age: 72 + (number % 20),
      maskedAddress: STREETS[number % STREETS.length]!,
    },
    ...options.change,
  };
}

/** Answer of `GET /homes/{id}/card`. `name` can be a hostile one. */
export function cardOf(homeId: string, options: { masked: boolean; nowMs: number; name?: string }): unknown {
  const { masked, nowMs } = options;
  const number = Number(homeId.split('-')[1]) || 0;
  const family = FAMILY[number % FAMILY.length]!;
  const name = options.name ?? `${family}桂英`;
  const phone = (middle: string, end: string) => (masked ? `138****${end}` : `138${middle}${end}`);
  return {
    masked,
    home: {
      homeId,
      home: number,
      districtCode: '330106003000',
      status: 'ACTIVE',
      livingType: 'SOLITARY',
      timezone: 'Asia/Shanghai',
      address: {
        grid: masked ? null : '北山三网格',
        street: `浙江省杭州市西湖区${STREETS[number % STREETS.length]} 138 号`,
        building: masked ? null : '7 幢',
        unit: masked ? null : '2 单元',
        room: masked ? null : '301 室',
      },
      access: {
        keySafe: masked ? null : '门右侧，密码在站点保险柜',
        doorCode: masked ? null : '4417#',
        keyholder: masked ? null : '楼下 101 李阿姨',
      },
      rules: {},
      revision: 3,
    },
    elders: [
      {
        elderId: `elder-${number}`,
        homeId,
        name: masked ? `${family}*` : name,
        sex: 'F',
        birthYear: new Date(nowMs).getFullYear() - 72 - (number % 20),
        abilityLevel: 2,
        phone: phone('0571', '1234'),
        languages: ['杭州话', '普通话'],
        risks: ['跌倒史', '夜间起身多'],
        conditions: ['高血压', '2 型糖尿病'],
        allergies: ['青霉素'],
        consentAtMs: nowMs,
      },
    ],
    contacts: [
      {
        contactId: 'c1',
        homeId,
        order: 1,
        name: masked ? '王*' : '王建国',
        relation: '儿子',
        phone: phone('1111', '2222'),
        availability: '全天',
        canVisit: true,
      },
      {
        contactId: 'c2',
        homeId,
        order: 2,
        name: masked ? '李*' : '李秀兰',
        relation: '邻居',
        phone: phone('3333', '4444'),
        availability: '工作日 9–17 点',
        canVisit: true,
      },
      {
        contactId: 'c3',
        homeId,
        order: 3,
        name: masked ? '陈*' : '陈强',
        relation: '网格员',
        phone: phone('5555', '6666'),
        availability: null,
        canVisit: false,
      },
    ],
    gateways: [
      { gatewayId: `gw-${number}`, model: 'HG-2', status: { state: 'online', lastSeenAtMs: nowMs - 20_000 } },
    ],
    devices: [
      device('button-1', 'button', 'bedroom', 'online', nowMs - 3_000, 92),
      device('pir-1', 'motion', 'living-room', 'online', nowMs - 840_000, 71),
      device('pir-2', 'motion', 'bathroom', 'offline', nowMs - 9 * 3_600_000, 4),
      device('door-1', 'contact', 'entry', 'never-seen', null, null),
    ].map((one) => ({ ...one, gatewayId: `gw-${number}`, homeId })),
    openAlerts: [],
  };
}

function device(
  deviceId: string,
  kind: string,
  room: string,
  state: string,
  lastSeenAtMs: number | null,
  batteryPct: number | null,
) {
  const status = { state, lastSeenAtMs, batteryPct };
  return { deviceId, device: 1, kind, room, zone: 'other', supervision: '5h', model: null, status };
}

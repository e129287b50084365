// Records for registry tests: a small piece of Hangzhou, one home, its people and things. Each maker takes overrides.

import type {
  NewContact,
  NewDevice,
  NewDistrict,
  NewElder,
  NewGateway,
  NewHome,
  NewStaff,
  Page,
  Registry,
} from '#registry/registry.ts';

export const PROVINCE = '330000000000';
export const CITY = '330100000000';
export const COUNTY = '330106000000';
export const TOWN = '330106001000';
export const COMMUNITY = '330106001001';
export const OTHER_COUNTY = '330108000000';

export const DISTRICTS: readonly NewDistrict[] = [
  { code: PROVINCE, name: '浙江省', level: 'province' },
  { code: CITY, name: '杭州市', level: 'city' },
  { code: COUNTY, name: '西湖区', level: 'county' },
  { code: OTHER_COUNTY, name: '滨江区', level: 'county' },
  { code: TOWN, name: '北山街道', level: 'town' },
  { code: COMMUNITY, name: '友谊社区', level: 'community' },
];

export const EVERYTHING: Page = { scope: null, after: null, limit: 200 };

export async function addDistricts(registry: Registry): Promise<void> {
  for (const district of DISTRICTS) await registry.districts.create(district);
}

export function newHome(change: Partial<NewHome> = {}): NewHome {
  return {
    districtCode: COMMUNITY,
    status: 'ACTIVE',
    livingType: 'SOLITARY',
    timezone: 'Asia/Shanghai',
    address: { grid: 'G7', street: '文三路 12 号', building: '3', unit: '1', room: '201' },
    access: { keySafe: '4711', doorCode: '0815', keyholder: null },
    rules: {},
    ...change,
  };
}

export function newElder(homeId: string, change: Partial<NewElder> = {}): NewElder {
  return {
    homeId,
    name: '张三',
    sex: 'F',
    birthYear: 1950,
    abilityLevel: 1,
    phone: '13812341234',
    languages: ['普通话'],
    risks: ['跌倒'],
    conditions: [],
    allergies: [],
    consentAtMs: 1_700_000_000_000,
    ...change,
  };
}

export function newContact(homeId: string, change: Partial<NewContact> = {}): NewContact {
  const person = { name: '李四', relation: 'daughter', phone: '13900001111' };
  return { homeId, order: 1, ...person, availability: null, canVisit: true, ...change };
}

export function newGateway(change: Partial<NewGateway> = {}): NewGateway {
  return {
    districtCode: COMMUNITY,
    homeId: null,
    format: 'native',
    supervision: '180s',
    model: null,
    isEnabled: true,
    ...change,
  };
}

export function newDevice(gatewayId: string, homeId: string, change: Partial<NewDevice> = {}): NewDevice {
  return {
    gatewayId,
    homeId,
    deviceId: 'pir-1',
    kind: 'motion',
    room: 'hall',
    zone: 'other',
    supervision: '5h',
    model: null,
    ...change,
  };
}

export function newStaff(change: Partial<NewStaff> = {}): NewStaff {
  return {
    login: 'wang',
    name: '王五',
    role: 'operator',
    districtCode: COUNTY,
    isEnabled: true,
    password: 'a quiet lake at dawn',
    ...change,
  };
}

// The invented people and places of the demo district. No real person, street or telephone number: the town does not
// exist, its province code (99) is not assigned, and all numbers are of the form 1380000xxxx.

import { createRandom, type Random } from './random.ts';

export interface DemoDistrict {
  readonly code: string;
  readonly name: string;
  readonly level: 'province' | 'city' | 'county' | 'town' | 'community';
}

/** From the province down to five communities. */
export const DEMO_DISTRICTS: readonly DemoDistrict[] = [
  { code: '990000000000', name: '云山省', level: 'province' },
  { code: '990100000000', name: '望溪市', level: 'city' },
  { code: '990101000000', name: '柳堤区', level: 'county' },
  { code: '990101001000', name: '桂花街道', level: 'town' },
  { code: '990101001001', name: '荷塘社区', level: 'community' },
  { code: '990101001002', name: '听雨社区', level: 'community' },
  { code: '990101001003', name: '竹里社区', level: 'community' },
  { code: '990101001004', name: '松鹤社区', level: 'community' },
  { code: '990101001005', name: '长桥社区', level: 'community' },
];
export const DEMO_TOWN = '990101001000';
const COMMUNITIES = DEMO_DISTRICTS.filter(({ level }) => level === 'community');

const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧'];
const WOMEN = [
  '秀英',
  '桂兰',
  '玉珍',
  '淑芳',
  '凤英',
  '素琴',
  '美华',
  '月娥',
  '春梅',
  '惠芳',
  '金凤',
  '翠云',
];
const MEN = ['建国', '德明', '志强', '永福', '国栋', '文斌', '树林', '长贵', '庆生', '学礼', '宝山', '广义'];
const YOUNG = ['伟', '敏', '静', '磊', '洋', '艳', '勇', '娟', '涛', '霞', '鹏', '丽'];
const STREETS = ['桂花路', '荷塘街', '听雨巷', '竹里弄', '松鹤路', '长桥街', '柳堤路', '望溪大道'];
const RISKS = ['跌倒史', '独居', '夜间起夜多', '听力下降', '行动不便', '近期出院'];
const CONDITIONS = ['高血压', '2型糖尿病', '冠心病', '骨质疏松', '慢阻肺', '轻度认知障碍', '膝关节炎'];
const ALLERGIES = ['青霉素', '磺胺类', '海鲜'];
const RELATIONS = ['儿子', '女儿', '邻居', '网格员', '侄女', '外甥'];
const LANGUAGES = ['普通话', '望溪方言'];

const PEOPLE_STREAM = 7_008;

export interface DemoContact {
  readonly name: string;
  readonly relation: string;
  readonly phone: string;
  readonly availability: string | null;
  readonly canVisit: boolean;
}

export interface DemoHousehold {
  readonly districtCode: string;
  readonly address: {
    readonly grid: string;
    readonly street: string;
    readonly building: string;
    readonly unit: string;
    readonly room: string;
  };
  readonly access: {
    readonly keySafe: string | null;
    readonly doorCode: string | null;
    readonly keyholder: string | null;
  };
  readonly elder: {
    readonly name: string;
    readonly sex: 'F' | 'M';
    readonly birthYear: number;
    readonly abilityLevel: 0 | 1 | 2 | 3;
    readonly phone: string;
    readonly languages: readonly string[];
    readonly risks: readonly string[];
    readonly conditions: readonly string[];
    readonly allergies: readonly string[];
  };
  readonly contacts: readonly DemoContact[];
}

/** The household number `index` of a demo district; always the same for the same seed. */
export function inventHousehold(seed: number, index: number): DemoHousehold {
  const random = createRandom(seed, PEOPLE_STREAM, index);
  const sex = random.chance(0.62) ? 'F' : 'M';
  const surname = random.pick(SURNAMES);
  const contacts = [1, 2, 3].map((order) => inventContact(random, surname, index, order));
  return {
    districtCode: COMMUNITIES[index % COMMUNITIES.length]!.code,
    address: {
      grid: `第${random.whole(1, 12)}网格`,
      street: `${random.pick(STREETS)}${random.whole(1, 260)}号`,
      building: `${random.whole(1, 18)}幢`,
      unit: `${random.whole(1, 4)}单元`,
      room: `${random.whole(1, 6)}0${random.whole(1, 4)}室`,
    },
    access: {
      keySafe: random.chance(0.3) ? `${random.whole(1000, 9999)}` : null,
      doorCode: random.chance(0.4) ? `${random.whole(1000, 9999)}#` : null,
      keyholder: random.chance(0.6) ? contacts[2]!.name : null,
    },
    elder: inventElder(random, { surname, sex, index }),
    contacts,
  };
}

function inventElder(
  random: Random,
  { surname, sex, index }: { readonly surname: string; readonly sex: 'F' | 'M'; readonly index: number },
): DemoHousehold['elder'] {
  return {
    name: surname + random.pick(sex === 'F' ? WOMEN : MEN),
    sex,
    birthYear: random.whole(1932, 1956),
    abilityLevel: random.pick([0, 0, 1, 1, 1, 2, 2, 3] as const),
    phone: phone(index, 0),
    languages: random.chance(0.4) ? LANGUAGES : LANGUAGES.slice(0, 1),
    risks: some(random, RISKS, 3),
    conditions: some(random, CONDITIONS, 3),
    allergies: random.chance(0.25) ? [random.pick(ALLERGIES)] : [],
  };
}

function inventContact(random: Random, surname: string, index: number, order: number): DemoContact {
  // Family first, then whoever is near; the last one has a key.
  const relation = order === 1 ? random.pick(RELATIONS.slice(0, 2)) : random.pick(RELATIONS.slice(2));
  return {
    name: (order === 1 ? surname : random.pick(SURNAMES)) + random.pick(YOUNG),
    relation,
    phone: phone(index, order),
    availability: random.pick([null, '工作日 9–17 时', '全天', '晚上 18 时以后']),
    canVisit: order > 1 || random.chance(0.5),
  };
}

/** 1380000xxxx; numbers repeat after 2,500 homes, which does no harm where nobody is called. */
function phone(index: number, person: number): string {
  return `1380000${String((index * 4 + person) % 10_000).padStart(4, '0')}`;
}

function some(random: Random, list: readonly string[], most: number): string[] {
  const wanted = random.whole(0, most);
  return list.filter((_, place) => random.chance(wanted / list.length) || (place === 0 && wanted > 0));
}

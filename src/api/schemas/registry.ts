// Schemas of the registry's records: districts, homes, elders, contacts, gateways, devices, staff.
// `new…` is what POST takes, `…Change` what PATCH takes; neither takes a field it does not know.

import { type TObject, type TProperties, Type } from 'typebox';
import { SUPERVISION_CLASSES, ZONES } from '#core/model/home.ts';
import { ROLES } from '#registry/registry.ts';
import {
  districtCode,
  id,
  nullableDistrictCode,
  nullableNumber,
  nullableText,
  oneOf,
  publicId,
  text,
} from './fields.ts';

const STRICT = { additionalProperties: false } as const;

function strict<P extends TProperties>(properties: P) {
  return Type.Object(properties, STRICT);
}

function change<P extends TProperties>(record: TObject<P>) {
  return Type.Partial(record, { ...STRICT, minProperties: 1 });
}

export const ruleSettings = Type.Record(
  Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$' }),
  Type.Record(
    Type.String({ maxLength: 64 }),
    Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 200 })]),
  ),
  { description: 'Rule id → parameter → value; see GET /rules' },
);

const nullableProfile = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  maxLength: 64,
  description: 'Of GET /profiles; null: as the district above',
});
export const district = Type.Object({
  code: districtCode,
  name: text,
  level: oneOf(['province', 'city', 'county', 'town', 'community']),
  parentCode: nullableDistrictCode,
  profile: nullableProfile,
  rules: ruleSettings,
});
export const newDistrict = strict({
  code: districtCode,
  name: text,
  level: oneOf(['province', 'city', 'county', 'town', 'community']),
  profile: Type.Optional(nullableProfile),
  rules: Type.Optional(ruleSettings),
});
export const districtChange = change(strict({ name: text, profile: nullableProfile, rules: ruleSettings }));

const homeFields = {
  districtCode,
  status: oneOf(['ACTIVE', 'SUSPENDED', 'ENDED']),
  livingType: oneOf(['SOLITARY', 'EMPTY_NEST', 'WITH_FAMILY']),
  timezone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA zone' }),
  address: strict({
    grid: nullableText(),
    street: Type.String({ maxLength: 1_000 }),
    building: nullableText(),
    unit: nullableText(),
    room: nullableText(),
  }),
  access: strict({ keySafe: nullableText(), doorCode: nullableText(), keyholder: nullableText() }),
  rules: ruleSettings,
};
export const home = Type.Object({
  homeId: id,
  home: Type.Integer(),
  ...homeFields,
  revision: Type.Integer(),
});
export const newHome = strict({ homeId: Type.Optional(publicId), ...homeFields });
export const homeChange = change(strict(homeFields));

const elderFields = {
  homeId: id,
  name: text,
  sex: oneOf(['F', 'M', 'X']),
  birthYear: Type.Integer({ minimum: 1890, maximum: 2100 }),
  abilityLevel: Type.Unsafe<0 | 1 | 2 | 3 | 4>({ type: 'integer', minimum: 0, maximum: 4 }),
  phone: nullableText(40),
  languages: Type.Array(text, { maxItems: 20 }),
  risks: Type.Array(text, { maxItems: 100 }),
  conditions: Type.Array(text, { maxItems: 100 }),
  allergies: Type.Array(text, { maxItems: 100 }),
  consentAtMs: nullableNumber(),
};
export const elder = Type.Object({ elderId: id, ...elderFields });
export const newElder = strict(elderFields);
export const elderChange = change(newElder);

const contactFields = {
  homeId: id,
  order: Type.Integer({ minimum: 1, maximum: 100, description: 'Calling order, 1 first' }),
  name: text,
  relation: text,
  phone: Type.String({ minLength: 1, maxLength: 40 }),
  availability: nullableText(),
  canVisit: Type.Boolean(),
};
export const contact = Type.Object({ contactId: id, ...contactFields });
export const newContact = strict(contactFields);
export const contactChange = change(newContact);

const gatewayFields = {
  districtCode,
  homeId: nullableText(64),
  format: Type.String({ minLength: 1, maxLength: 64 }),
  supervision: oneOf(SUPERVISION_CLASSES),
  model: nullableText(),
  isEnabled: Type.Boolean(),
};
export const gateway = Type.Object({
  gatewayId: id,
  gateway: Type.Integer(),
  ...gatewayFields,
  revision: Type.Integer(),
});
export const newGateway = strict({ gatewayId: Type.Optional(publicId), ...gatewayFields });
export const gatewayChange = change(strict(gatewayFields));
export const gatewaySecret = Type.Object({ secret: Type.String({ description: 'Shown once' }) });
export const gatewayWithSecret = Type.Object({ gateway, secret: Type.String({ description: 'Shown once' }) });

const deviceFields = {
  homeId: id,
  kind: Type.String({ minLength: 1, maxLength: 64 }),
  room: text,
  zone: oneOf(ZONES),
  supervision: oneOf(SUPERVISION_CLASSES),
  model: nullableText(),
};
export const device = Type.Object({
  gatewayId: id,
  deviceId: Type.String(),
  device: Type.Integer(),
  ...deviceFields,
});
export const newDevice = strict({
  gatewayId: id,
  deviceId: Type.String({ minLength: 1, maxLength: 256 }),
  ...deviceFields,
});
export const deviceChange = change(strict(deviceFields));

const staffFields = {
  login: Type.String({ minLength: 1, maxLength: 64 }),
  name: text,
  role: oneOf(ROLES),
  districtCode: nullableDistrictCode,
  isEnabled: Type.Boolean(),
};
export const staff = Type.Object({ staffId: id, ...staffFields });
export const newStaff = strict({
  ...staffFields,
  password: Type.String({ minLength: 1, maxLength: 1_000, description: 'At least 15 characters' }),
});
export const staffChange = change(newStaff);

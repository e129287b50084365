// Districts, homes, elders, contacts, gateways, devices.
// The indexes by district and home are also the order of the lists (paging.ts).
// Dense numbers are AUTOINCREMENT: a number of a removed home or device still stands in the log, so it never returns.

export const migration0001 = {
  version: 1,
  name: 'roster',
  statements: [
    `create table registry_meta (name text primary key, value text not null) strict, without rowid`,
    `create table districts (
       code text primary key,
       name text not null,
       level text not null,
       parent_code text references districts (code)
     ) strict, without rowid`,
    `create index districts_by_parent on districts (parent_code)`,
    `create table homes (
       home integer primary key autoincrement,
       home_id text not null unique,
       district_code text not null references districts (code),
       status text not null,
       living_type text not null,
       timezone text not null,
       grid text, street text not null, building text, unit text, room text,
       key_safe text, door_code text, keyholder text,
       rules text not null,
       risk_factor real not null,
       revision integer not null
     ) strict`,
    `create index homes_by_district on homes (district_code, home_id)`,
    `create table elders (
       elder_id text primary key,
       home_id text not null references homes (home_id),
       name text not null,
       sex text not null,
       birth_year integer not null,
       ability_level integer not null,
       phone text,
       languages text not null, risks text not null, conditions text not null, allergies text not null,
       consent_at_ms integer
     ) strict, without rowid`,
    `create index elders_by_home on elders (home_id, elder_id)`,
    `create table contacts (
       contact_id text primary key,
       home_id text not null references homes (home_id),
       call_order integer not null,
       name text not null,
       relation text not null,
       phone text not null,
       availability text,
       can_visit integer not null,
       unique (home_id, call_order)
     ) strict, without rowid`,
    `create table gateways (
       gateway integer primary key autoincrement,
       gateway_id text not null unique,
       district_code text not null references districts (code),
       home_id text references homes (home_id),
       format text not null,
       supervision text not null,
       model text,
       is_enabled integer not null,
       secret_hash blob, old_secret_hash blob,
       revision integer not null
     ) strict`,
    `create index gateways_by_district on gateways (district_code, gateway_id)`,
    `create index gateways_by_home on gateways (home_id)`,
    `create table devices (
       device integer primary key autoincrement,
       gateway_id text not null references gateways (gateway_id),
       device_id text not null,
       home_id text not null references homes (home_id),
       kind text not null,
       room text not null,
       zone text not null,
       supervision text not null,
       model text,
       unique (gateway_id, device_id)
     ) strict`,
    `create index devices_by_home on devices (home_id, gateway_id, device_id)`,
    `create table removed (
       type text not null,
       number integer not null,
       configuration text not null,
       primary key (type, number)
     ) strict, without rowid`,
  ],
} as const;

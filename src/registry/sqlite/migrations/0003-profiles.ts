// Rule settings of districts, and which areas still have to be told to the core after a change of theirs.

export const migration0003 = {
  version: 3,
  name: 'profiles',
  statements: [
    `alter table districts add column profile text`,
    `alter table districts add column rules text not null default '{}'`,
    `create table unfinished_areas (code text primary key, after text) strict, without rowid`,
  ],
} as const;

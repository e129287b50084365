// Staff, their sessions, and the audit trail. The triggers keep the trail append-only even for our own mistakes;
// against the owner of the file stands the hash chain (audit.ts).

export const migration0002 = {
  version: 2,
  name: 'staff-and-audit',
  statements: [
    `create table staff (
       staff_id text primary key,
       login text not null unique,
       name text not null,
       role text not null,
       district_code text references districts (code),
       is_enabled integer not null,
       password_hash text not null
     ) strict, without rowid`,
    `create index staff_by_district on staff (district_code)`,
    `create table sessions (
       session_hash text primary key,
       staff_id text not null references staff (staff_id) on delete cascade,
       created_at_ms integer not null,
       expires_at_ms integer not null
     ) strict, without rowid`,
    `create index sessions_by_staff on sessions (staff_id)`,
    `create index sessions_by_expiry on sessions (expires_at_ms)`,
    `create table audit (
       id integer primary key,
       at_ms integer not null,
       staff_id text,
       action text not null,
       subject text not null,
       detail text not null,
       hash text not null
     ) strict`,
    `create index audit_by_subject on audit (subject, id)`,
    `create index audit_by_staff on audit (staff_id, id)`,
    `create trigger audit_refuses_update before update on audit
       begin select raise(abort, 'the audit trail is append-only'); end`,
    `create trigger audit_refuses_delete before delete on audit
       begin select raise(abort, 'the audit trail is append-only'); end`,
  ],
} as const;

// Object-level authorisation: staff see their district and all below. A foreign object answers exactly like
// one that does not exist, and leaves an audit row: somebody guessed or followed a link they should not have.

import { isInScope, type Registry, type StaffRecord } from '#registry/registry.ts';
import { Problem, type ProblemCode } from './errors.ts';

/** `home:h1` – what an audit row is about. */
export type Subject = `${string}:${string}`;

/** `code` null: it belongs to everything, so only staff who see everything may touch it. */
export function mayTouch(staff: StaffRecord, code: string | null): boolean {
  return code === null ? staff.districtCode === null : isInScope(staff.districtCode, code);
}

export interface ScopedObject {
  /** Null: only for staff who see everything. */
  readonly districtCode: string | null;
  readonly subject: Subject;
  /** How "it does not exist" is said for this kind of object. */
  readonly missing: ProblemCode;
}

/** @throws Problem `missing` when the object lies elsewhere; audited. */
export async function requireInScope(
  registry: Registry,
  staff: StaffRecord,
  object: ScopedObject,
): Promise<void> {
  if (mayTouch(staff, object.districtCode)) return;
  await registry.audit({
    staffId: staff.staffId,
    action: 'denied',
    subject: object.subject,
    detail: 'outside the district of the member of staff',
  });
  throw new Problem(object.missing);
}

// Which kinds of readings somebody may see of a home. That somebody moved, or that the kitchen is warm, is what an
// operator judges an alarm by. Where a person is, and how their heart beats, is shown like the open card: to those who
// maintain the record, or while the caller holds a claim on an open alert of that home. A kind we do not know counts
// as such, since nobody knows what it tells.

import type { StaffRecord } from '#registry/registry.ts';
import type { Runtime } from '#runtime/runtime.ts';
import { type RetentionClass, retentionClassOf } from '#telemetry/retention.ts';
import { mayReadPersonalData } from './authorize.ts';

const PERSONAL: ReadonlySet<RetentionClass> = new Set(['vital', 'place', 'other']);

/** Why everything may be seen: a role, the alert that is claimed, or null: it may not. */
export function fullViewOf(runtime: Runtime, homeId: string, staff: StaffRecord): string | null {
  if (mayReadPersonalData(staff.role)) return 'role';
  const held = runtime
    .openAlerts()
    .find(
      (alert) =>
        alert.homeId === homeId && alert.claim?.staffId === staff.staffId && alert.handling !== 'closed',
    );
  return held?.id ?? null;
}

export function isPersonalKind(kind: string): boolean {
  return PERSONAL.has(retentionClassOf(kind));
}

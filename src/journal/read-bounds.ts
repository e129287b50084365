// What may be asked of a log, checked alike by every adapter. Asking for what was trimmed is an error and never an
// empty answer: a reader that silently skipped entries would skip alarms.

import { LogError } from './log-error.ts';

/** These logs are not partitioned: 0 is the only one. */
export function checkPartition(partition: number): void {
  if (partition !== 0) throw new LogError('no-such-partition', `the log has no partition ${partition}`);
}

export function checkRetained(afterOffset: number, { firstOffset }: { firstOffset: number }): void {
  if (afterOffset + 1 >= firstOffset) return;
  throw new LogError('offset-trimmed', `offset ${afterOffset + 1} is trimmed; the oldest is ${firstOffset}`);
}

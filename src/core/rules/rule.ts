// The contract of a rule. A rule is one file: what it is called, its parameters with defaults and their source, what
// it keeps per home or device, how it reacts, when it wants to be woken. The API list, the docs table and the
// console's forms are derived from this.

import type { QuestionsOfRule } from '../alerts/asking.ts';
import type { Cause } from '../alerts/book.ts';
import type { AlertKind, Priority } from '../model/alert.ts';
import type { ObservationBody } from '../model/entry.ts';
import type { ColumnSchema } from '../state/column-type.ts';
import type { DeviceRow, GatewayRow, HomeRow } from '../state/row.ts';
import type { Columns } from '../state/table.ts';
import type { World } from '../state/world.ts';

/** `switch`: 0 off, 1 on. */
export type ParameterUnit =
  | 'ms'
  | 'minute-of-day'
  | 'percent'
  | 'factor'
  | 'switch'
  | 'count'
  | 'liters'
  | 'celsius'
  | 'meters'
  | 'degrees'
  | 'bpm'
  | 'breaths-per-minute'
  | 'mmhg';

export interface Parameter {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: ParameterUnit;
  readonly meaning: string;
  /** Where the default comes from. */
  readonly source: string;
}
export type Parameters = Readonly<Record<string, Parameter>>;
export type Settings<P extends Parameters> = { readonly [K in keyof P]: number };

/** What a rule may do. */
export interface RuleContext<P extends Parameters, H extends ColumnSchema, D extends ColumnSchema> {
  readonly world: World;
  settings(home: HomeRow): Settings<P>;
  /** The rule's own columns; read them anew at each use. */
  home(): Columns<H, 'home'>;
  device(): Columns<D, 'device'>;
  raise(cause: Omit<Cause, 'rule'>): void;
  /** `restore`: the alert closes itself when nobody holds it. */
  clear(subject: string, restore: boolean): void;
  /** Has that rule rung for this home, and its episode goes on? By its column `isRaised`; false where it has none. */
  isRaised(rule: string, home: HomeRow): boolean;
  /** Ask the elder before an alert is due (rule R15); never instead of it and never later. */
  readonly questions: QuestionsOfRule;
}

/** All hooks are told after the facts were updated. */
export interface RuleHooks {
  /** A device of the home reported something. */
  onReading?(reading: ObservationBody, home: HomeRow, device: DeviceRow): void;
  /** A device reported something, perhaps one that nobody registered: its row is 0 then. */
  onObservation?(observation: ObservationBody, device: DeviceRow): void;
  onActivity?(home: HomeRow): void;
  /** The resident went from room to room, or used the door; before `onActivity`. */
  onRoamed?(home: HomeRow): void;
  onPresence?(home: HomeRow): void;
  /**
   * Staff have seen or spoken to the resident, as the outcome says with which they closed an alert (ADR 0023). It
   * re-arms what has rung, like new activity. For the facts it is none: it teaches nothing, and proves nobody in.
   */
  onContact?(home: HomeRow): void;
  onSight?(home: HomeRow): void;
  onGatewayLink?(gateway: GatewayRow): void;
  /** `isTold`: its gateway says that it is lost; else it was silent for too long, or is back. */
  onDeviceLink?(device: DeviceRow, isTold: boolean): void;
  /** The home's roster or settings changed. */
  onConfigured?(home: HomeRow): void;
  /** When this rule next has to look at the home; Infinity for never. Must not be later than it really is. */
  nextDeadlineMs?(home: HomeRow): number;
  /** The time of `nextDeadlineMs` has come. With it or not at all. */
  onDeadline?(home: HomeRow): void;
}

export interface Rule<
  P extends Parameters = Parameters,
  H extends ColumnSchema = ColumnSchema,
  D extends ColumnSchema = ColumnSchema,
> {
  readonly id: string;
  readonly title: string;
  readonly alertKinds: readonly AlertKind[];
  readonly priority: Priority;
  readonly parameters: P;
  readonly homeColumns: H;
  readonly deviceColumns: D;
  /** Observation kinds it wants to hear of; `'*'` for all. */
  readonly kinds: readonly string[];
  start(context: RuleContext<P, H, D>): RuleHooks;
}

/** Keeps the exact types of a rule's parameters and columns for its own code, and hides them from the list of rules. */
export function defineRule<P extends Parameters, H extends ColumnSchema, D extends ColumnSchema>(
  rule: Rule<P, H, D>,
): Rule {
  return rule as unknown as Rule;
}

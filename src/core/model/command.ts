// What staff decide about alerts and homes. A command is an entry of the log like a reading; the core answers it by an
// effect.

/** Outcome codes of two levels (domain reference section 4). */
export const OUTCOMES = {
  EMERGENCY: ['ambulance120', 'fire119', 'police110', 'doctor'],
  ASSISTED: ['fall-lifted', 'responder-visit', 'contact-visit'],
  WELFARE_OK: ['spoke-to-elder', 'contact-confirmed', 'seen'],
  AWAY: ['known', 'undeclared', 'hospital', 'holiday'],
  ACCIDENTAL: ['press', 'child', 'cleaning'],
  CHECK_IN: ['test', 'wants-talk'],
  SERVICE: ['meal', 'housekeeping', 'repair', 'registration', 'taxi', 'information'],
  TECHNICAL: ['sensor-fault', 'low-battery', 'power', 'network', 'installer-test', 'restored'],
  NO_RESPONSE: ['visited-ok', 'visited-found', 'forced-entry'],
  DUPLICATE: ['duplicate'],
  DECEASED: ['deceased'],
} as const;
export type OutcomeCode = keyof typeof OUTCOMES;

export interface Outcome {
  readonly code: OutcomeCode;
  readonly detail: string;
}

export function isOutcome(code: string, detail: string): boolean {
  const details: readonly string[] | undefined = Object.hasOwn(OUTCOMES, code)
    ? OUTCOMES[code as OutcomeCode]
    : undefined;
  return details?.includes(detail) ?? false;
}

/** Somebody has seen or spoken to the resident, who needs nothing more. What was only supposed is no contact. */
export function isContact({ code, detail }: Outcome): boolean {
  return code === 'WELFARE_OK' || code === 'ASSISTED' || detail === 'visited-ok';
}

interface CommandBase {
  readonly alertId: string;
  readonly staffId: string;
}
/** Take the alert, exclusively, or renew one's own claim. */
export interface ClaimCommand extends CommandBase {
  readonly action: 'claim';
}
/** Give it back to the queue. */
export interface ReleaseCommand extends CommandBase {
  readonly action: 'release';
  readonly token: number;
}
/** Seen and heard: the holder is working on it. */
export interface AcknowledgeCommand extends CommandBase {
  readonly action: 'acknowledge';
  readonly token: number;
}
/** Anybody in scope may add a note; the holder's note also renews the claim. */
export interface NoteCommand extends CommandBase {
  readonly action: 'note';
  readonly text: string;
  /** The sender's idempotency key: the same note asked for again, also after a restart, is written once. */
  readonly key?: string;
}
export interface CloseCommand extends CommandBase {
  readonly action: 'close';
  readonly token: number;
  readonly outcome: Outcome;
  readonly note: string | null;
}
/** `token` is the fencing token of the claim: an order given on a lost claim is refused. */
export type AlertCommand = ClaimCommand | ReleaseCommand | AcknowledgeCommand | NoteCommand | CloseCommand;

interface HomeCommandBase {
  /** Dense number of the home. */
  readonly home: number;
  readonly staffId: string;
}
/** The residents are out, or about to go, until an instant that is not far off. Said again: the new end counts. */
export interface DeclareAwayCommand extends HomeCommandBase {
  readonly action: 'declare-away';
  readonly untilMs: number;
  readonly note: string | null;
}
/** They are back, or never went: watch again, from now on. */
export interface DeclareBackCommand extends HomeCommandBase {
  readonly action: 'declare-back';
}
export type HomeCommand = DeclareAwayCommand | DeclareBackCommand;

export type Command = AlertCommand | HomeCommand;

export function isHomeCommand(command: Command): command is HomeCommand {
  return command.action === 'declare-away' || command.action === 'declare-back';
}

export type CommandRefusal =
  | 'no-such-alert'
  | 'held-by-other'
  | 'claim-lost'
  | 'not-claimed'
  | 'already-closed'
  | 'bad-outcome';

/** `bad-end`: past, or further away than an absence may last. */
export type HomeCommandRefusal = 'no-such-home' | 'not-watched' | 'bad-end';

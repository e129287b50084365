// What the main thread and the two SQLite workers say to each other: a request, then its answer, in order.
// A batch travels as one string and one array of numbers, because cloning an object per entry costs more than the
// commit does.

import type { RefusedFrame } from './journal.ts';
import type { LogErrorCode } from './log-error.ts';
import type { LogState } from './sequencer.ts';
import type { WindowMemory } from './window.ts';

/** Which clock gives `atMs`: fixed for a data folder at its creation. */
export type ClockKind = 'live' | 'recording';

export interface OpenRequest {
  readonly kind: 'open';
  readonly file: string;
  readonly clockKind: ClockKind;
  readonly busyTimeoutMs: number;
  readonly refusedFrames: number;
  readonly maxFileBytes: number | null;
}

/** Once, after `open` and before the first commit. */
export interface RestoreWindowRequest {
  readonly kind: 'restore-window';
  readonly file: string;
  /** The saved copy; need not exist. */
  readonly windowFile: string;
  readonly identitiesPerSource: number;
}

export interface RestoredWindow {
  /** From now on of the thread that asked. */
  readonly window: WindowMemory;
  /** Entries that the saved copy lacks. */
  readonly unsavedEntries: number;
}

export interface CommitRequest {
  readonly kind: 'commit';
  readonly firstOffset: number;
  /** `NUMBERS_PER_ENTRY` per entry: time, source (NaN: no identity), two halves of the identity's hash. */
  readonly numbers: Float64Array;
  /** Bodies as JSON, separated by line feeds, which JSON never contains. */
  readonly bodies: string;
  readonly refused: readonly RefusedFrame[];
}

/** Deletes at most `TRIM_STEP` of the oldest entries, none beyond `upToOffset`. */
export interface TrimRequest {
  readonly kind: 'trim';
  readonly upToOffset: number;
}

export interface CheckpointRequest {
  readonly kind: 'checkpoint';
}

export interface CloseRequest {
  readonly kind: 'close';
}

export type WriterRequest =
  | OpenRequest
  | RestoreWindowRequest
  | CommitRequest
  | TrimRequest
  | CheckpointRequest
  | CloseRequest;

export interface OpenCheckpointerRequest {
  readonly kind: 'open-checkpointer';
  readonly file: string;
}

export type CheckpointerRequest = OpenCheckpointerRequest | CheckpointRequest | CloseRequest;

/** State of the write-ahead log after a checkpoint, in bytes. */
export interface WalState {
  readonly bytes: number;
  readonly checkpointedBytes: number;
}

export interface AnswerOf {
  readonly open: LogState;
  readonly 'open-checkpointer': null;
  readonly 'restore-window': RestoredWindow;
  readonly commit: null;
  /** The oldest retained offset after the step. */
  readonly trim: number;
  readonly checkpoint: WalState;
  readonly close: null;
}

export type Answer =
  | { readonly ok: true; readonly value: AnswerOf[keyof AnswerOf] }
  | { readonly ok: false; readonly code: LogErrorCode; readonly message: string };

export const NUMBERS_PER_ENTRY = 4;

// Every bound of the system with its reason. For each queue: what happens when it is full, and is an alarm safe?

export const LIMITS = {
  /** 64 kB: a device frame is 0.1–2 kB; larger ones are cut before they are buffered (security reference, MQTT 7). */
  frameBytes: 64 * 1024,
  /** Bytes of a CONNECT before authentication: ids, secret and a will fit ten times over. */
  connectBytes: 4 * 1024,
  /** Observations in one frame. */
  observationsPerFrame: 500,
  /** Bytes of a refused frame that are kept. */
  refusedPayloadBytes: 2048,
  /** Refused frames kept; the oldest go first. */
  refusedFrames: 10_000,
  /** Event identities remembered per device: far more than one device ever has unacknowledged. */
  identitiesPerSource: 32,
  /** Entries in one commit: larger commits only add delay (reference limits, section 3). */
  entriesPerCommit: 2_000,
  /** Messages to a screen not yet written, bytes; beyond, it gets a snapshot when it has caught up. */
  deskBufferedBytes: 1_000_000,
  /** Effects kept for screens that come back; older cursors get a snapshot. */
  resumableEffects: 10_000,
} as const;

// The auditor's own table of what the service promises, from the documents and not from the code: no learned value is
// in it, so rules may change as long as they keep to these. The brackets name the source.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const BOUNDS = {
  /** Silence that always raises an alert in a home that is seen [R2c]. */
  capMs: 12 * HOUR_MS,
  /** No silence shorter than this, times the risk factor, is an alert [R4, inactivity `floorMs`]. */
  silenceFloorMs: 90 * MINUTE_MS,
  /** Signs from one room only: the longest time until an alert, whatever was learned [ADR 0011, 48 h of stays]. */
  stayCapMs: 48 * HOUR_MS + 30 * MINUTE_MS,
  /** No alert for a missing change of room before this [inactivity `stayMs`]. */
  stayFloorMs: 12 * HOUR_MS,
  /** The elder is asked first [R15]; never later than this because of it. */
  slackMs: 15 * MINUTE_MS,
  /** An absence that nobody declared is a notice [R11]. */
  awayNoticeMs: 24 * HOUR_MS,
  /** A home that is not seen is an alert, times the risk factor where that is below 1 [domain 6.5]. */
  unseenMs: 12 * HOUR_MS,
  /** A link that is back for less than this does not end it [unseen-home]. */
  seenAgainMs: HOUR_MS,
  /** Nobody of whom nothing is heard is forgotten; after an outage they get as long again [long-unheard]. */
  unheardMs: 72 * HOUR_MS,
  afterOutageMs: 12 * HOUR_MS,
  /** Shortest silence of a gateway that may be called one [grace after a lost link]. */
  gatewayFloorMs: 60_000,
  /** After this without a word of the gateway nothing may be said about the residents. */
  gatewayBlindMs: 3 * MINUTE_MS,
  /** Not up: two rooms within the last hour are somebody who is up [R3]. */
  upMs: HOUR_MS,
  /** Bathroom stay: the attention of R5 comes first after half an hour. */
  bathroomFloorMs: 30 * MINUTE_MS,
  /** A motion sensor without a rest for so long is not believed: it may be stuck [domain 6.5]. */
  restlessMs: 2 * HOUR_MS,
  /** Two signs in two rooms so close together are one person walking. */
  walkMs: 2 * MINUTE_MS,
  /** Low battery [R13] and changed battery. */
  batteryLowPct: 20,
  batteryChangedPct: 30,
  /** Ladder of an alert that nobody takes [G9], and the lease of one that somebody took [G10]. */
  ladderMs: [30_000, 60_000, 180_000],
  leaseIdleMs: 120_000,
  deskGoneMs: 15_000,
  /** What the service may need after a start, a thaw, or when a link is back. */
  comeBackMs: 3 * MINUTE_MS,
  /** An outage of our own that is shorter than this need not stop a clock [reliability row 56, ADR of the engine]. */
  ownOutageMs: MINUTE_MS,
} as const;

// What the core keeps of each home, device and gateway, and which fact it belongs to.

export const HOME_COLUMNS = {
  /** What is derived of its configuration (state/traits.ts). */
  traits: 'u16',
  /** When it is to be looked at; 0 for never. Kept with it, so that most calls to be woken end here. */
  wakeAtMs: 'f64',
  isWatched: 'u8',
  /** Since when it is not, s since 1970; 0 while it is. */
  suspendedAtS: 'u32',
  revision: 'u32',
  riskFactor: 'f64',
  residents: 'u8',
  /** Number of its rule settings (state/home-settings.ts); 0 for the defaults. */
  settingsIndex: 'u32',
  firstDevice: 'device',
  lastActivityAtMs: 'f64',
  lastActivityDevice: 'device',
  /** 0 while we see the home; else since when we do not. */
  blindSinceMs: 'f64',
  /** How long we have been blind since the last activity. */
  blindMs: 'f64',
  /** The same since we know the home: signs of life take nothing off, only what is told of it later does. */
  blindInAllMs: 'f64',
  presence: 'u8',
  doorAtMs: 'f64',
  awaySinceMs: 'f64',
  /** 1 when nobody was in as the door moved: what stirs next has come in. */
  isReturning: 'u8',
  /** Last movement of the door behind which they were heard to come in, s since 1970. */
  cameInAtS: 'u32',
  /** Whether anybody is in is not known: an `UNCERTAIN`, until somebody is proved to be in (facts/presence.ts). */
  isUncertain: 'u8',
  /** Last single hit that was too weak to prove that somebody is in. */
  hintAtMs: 'f64',
  /** Since when, and how many times, weak signs of one room came after each other. */
  hintFirstAtMs: 'f64',
  hintCount: 'u8',
  hintDevice: 'device',
  /** Last motion in the hall, where that stands for the door. */
  hallAtMs: 'f64',
  hallDevice: 'device',
  /** When the resident was last known to go from room to room, or to use the door. */
  roamedAtMs: 'f64',
  /** Blind time since then, ms. */
  roamBlindMs: 'f64',
  /** End of the last time in which we were blind, and until when what was kept meanwhile may still be coming. */
  sightBackAtMs: 'f64',
  backlogUntilMs: 'f64',
  /** When that time began, and until when kept readings have told us of it (facts/backlog.ts). */
  unseenFromMs: 'f64',
  untoldFromMs: 'f64',
  /** Last hit of a sensor that was ON all along, and how many came close after each other (facts/trust.ts). */
  hitDevice: 'device',
  hitAtMs: 'f64',
  hitCount: 'u8',
  /** Time at home that taught the routine, ms. */
  learnedMs: 'f64',
  /** Longest usual silence by local hour, minutes. */
  silencePeakMin: 'u16x24',
  /** Longest usual time without a proven change of room, minutes. */
  stayPeakMin: 'u16',
  /** Longest usual silence by the place of the last sign (see `PLACES`), minutes. */
  placePeakMin: 'u16x7',
  /** Last sign of a device other than that of the very last sign (facts/lost-sensor.ts). */
  otherActivityAtMs: 'f64',
  otherActivityDevice: 'device',
  /** Last sign that was no single hit. */
  settledAtMs: 'f64',
  settledDevice: 'device',
  /** The door of the last absence, and the longest usual one by the place of the last sign before it, minutes. */
  outDoor: 'device',
  outPlaceMin: 'u16x7',
  /** Newest half hour of the water meters, since 1970; and the words of the last 49 (facts/water.ts). */
  waterHead: 'u32',
  waterSlots: 'u16x49',
  /** All that was drawn since we read the meters, l. */
  waterLiters: 'f64',
  /** Since when nothing drawn can have been missed. */
  waterKnownSinceMs: 'f64',
  /** Sensor whose room the resident is in; 0 for nowhere (facts/whereabouts.ts). */
  roomDevice: 'device',
  roomSinceMs: 'f64',
  /** 1 while somebody is known to be behind the closed door of that room; only with several residents. */
  isShutIn: 'u8',
  /** Longest usual bathroom stay, minutes, as it was on this day (days since 1970). */
  bathroomPeakMin: 'f64',
  bathroomFadedDay: 'u16',
  /** Since when in bed this night, and since when out of it; 0 for not (facts/sleep.ts). */
  bedAtMs: 'f64',
  outOfBedAtMs: 'f64',
  /** Last word of a bed mat, since when one is ON, and when one was last ON for long. */
  bedMatAtMs: 'f64',
  matOnAtMs: 'f64',
  matStayedAtMs: 'f64',
  /** Last weak sign outside the bedroom that waits for a second. */
  stirAtMs: 'f64',
  stirDevice: 'device',
  /** Local 05:00 since which no getting up was seen; in the future when it was. */
  morningAtMs: 'f64',
  /** Signs of this morning that are no getting up each for itself: in the bedroom, elsewhere. */
  bedroomStirs: 'u8',
  bedroomStirAtMs: 'f64',
  weakSigns: 'u8',
  /** When they get up, on weekdays and at weekends: mean and latest usual minute of the day, mornings counted. */
  upMeanMinute: 'f32x2',
  upLatestMinute: 'f32x2',
  upMornings: 'u8x2',
} as const;

export const DEVICE_COLUMNS = {
  home: 'home',
  /** Number of the home it stood in last, also while it stands in none: what it told is told of that one. */
  lastHome: 'u32',
  gateway: 'gateway',
  nextOfHome: 'device',
  nextOfGateway: 'device',
  /** What is derived of its configuration and of its home's (state/traits.ts). */
  traits: 'u16',
  /** Number of its room within the home, from 1; derived as well. 0 for one that was taken away. */
  room: 'u16',
  /** Index into `ZONES`. */
  zone: 'u8',
  windowMs: 'f64',
  knownSinceMs: 'f64',
  lastSeenAtMs: 'f64',
  link: 'u8',
  level: 'u8',
  /** When `level` changed last; whether it ever said OFF; why it is not believed, a `DISTRUST` (facts/trust.ts). */
  levelSinceMs: 'f64',
  saysOff: 'u8',
  distrust: 'u8',
  /** Motion in the hall that came alone, in a row; 255 once it was seen to fire twice (facts/presence.ts). */
  singleHits: 'u8',
  /** Reports in the hour `reportsHour` since 1970. */
  reports: 'u16',
  reportsHour: 'u32',
  /** Longest usual silence after its sign had `lossDevice`, or the door, not spoken, minutes (facts/lost-sensor.ts). */
  lossMin: 'u16',
  lossDevice: 'device',
  outMin: 'u16',
  /** Percent + 1; 0 is unknown. */
  batteryPlusOne: 'u8',
  /** Water meter: 0 none, 1 reports what was drawn, 2 its total; its last reading. */
  meterKind: 'u8',
  meterAtS: 'u32',
  meterDl: 'f64',
  /** The finest step to which its total was seen to move; 0 for none yet, and no doubt. */
  meterStepDl: 'u32',
  /** A reading that may begin a new total. */
  otherAtS: 'u32',
  otherDl: 'f64',
} as const;

export const GATEWAY_COLUMNS = {
  /** As of a home. */
  wakeAtMs: 'f64',
  isWatched: 'u8',
  revision: 'u32',
  home: 'home',
  firstDevice: 'device',
  windowMs: 'f64',
  knownSinceMs: 'f64',
  lastSeenAtMs: 'f64',
  link: 'u8',
  /** Usual time between heartbeats, ms; 0 while it has sent less than two. */
  beatMs: 'f64',
  beatAtMs: 'f64',
  /** 1 while heartbeats are missing: what stands behind it is not seen. */
  isOverdue: 'u8',
  linkLostAtMs: 'f64',
  backSinceMs: 'f64',
  /** How long its heartbeats were missing when they were last, s, and until when, s since 1970. */
  pauseS: 'u32',
  pausedUntilS: 'u32',
} as const;

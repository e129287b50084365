// Every reason why a frame, a part of it, a log-in or a subscription is refused: the one catalogue. The inspector,
// the counters, the HTTP answer and docs/native-format.md use these words; a test keeps the document in step.
// Refusing is never silent: each is counted, and kept with its bytes as far as the inspector's room allows.

import { CODEC_REFUSALS } from '#codecs/codec.ts';

export const REFUSALS = [
  ...CODEC_REFUSALS,
  'bad-credentials',
  'protocol-error',
  'frame-too-large',
  'foreign-topic',
  'retained',
  'will-not-status',
  'subscription-refused',
  'unknown-format',
  'unknown-device',
  'unknown-kind',
  'replay-on-live-service',
  'live-on-replay-service',
  'replay-without-time',
  'too-fast',
] as const;

export type Refusal = (typeof REFUSALS)[number];

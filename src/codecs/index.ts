// The list of formats that gateways may speak, by the name in the gateway's record. To add one: a file beside
// native.ts, a line here, a folder of golden cases in tests/codecs/.

import type { Codec } from './codec.ts';
import { nativeCodec } from './native.ts';

const CODECS: ReadonlyMap<string, Codec> = new Map([nativeCodec].map((codec) => [codec.format, codec]));

/** Undefined when no codec has that name. */
export function codecOf(format: string): Codec | undefined {
  return CODECS.get(format);
}

/** Largest frame that any format asks for; 0 when all are content with the common limit. */
export function frameBytesOfLargestFormat(): number {
  return Math.max(0, ...[...CODECS.values()].map((codec) => codec.frameBytesMax ?? 0));
}

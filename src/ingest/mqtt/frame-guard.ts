// Cuts a connection by the length that a frame announces, before its bytes are buffered: Aedes has no limit, and one
// socket without a log-in that announces 200 MB makes it hold them (D5). Works from the first byte; the first frame
// (CONNECT) has a smaller limit, since nobody has logged in yet. Looks at lengths only, never at content.

/** A remaining length has at most four bytes [MQTT-2.2.3]. */
const LENGTH_BYTES_MAX = 4;

export class FrameGuard {
  #bytesMax: number;
  readonly #firstBytesMax: number;
  #isFirst = true;
  /** Bytes of the running frame still to come; −1: at the type byte, −2: in the length. */
  #bodyLeft = AT_TYPE;
  #length = 0;
  #lengthBytes = 0;

  constructor(firstBytesMax: number, bytesMax: number) {
    this.#firstBytesMax = firstBytesMax;
    this.#bytesMax = bytesMax;
  }

  /** After the log-in: the format of this gateway may have larger frames. */
  allow(bytesMax: number): void {
    this.#bytesMax = bytesMax;
  }

  /** Follow the stream. Returns the announced length of a frame that is too large (∞: no end); null: all is well. */
  check(chunk: Uint8Array): number | null {
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyLeft > 0) {
        const skipped = Math.min(this.#bodyLeft, chunk.length - at);
        at += skipped;
        this.#bodyLeft -= skipped;
        if (this.#bodyLeft === 0) this.#endFrame();
      } else if (this.#bodyLeft === AT_TYPE) {
        at++;
        this.#bodyLeft = IN_LENGTH;
      } else {
        const tooLarge = this.#readLengthByte(chunk[at++]!);
        if (tooLarge !== null) return tooLarge;
      }
    }
    return null;
  }

  #readLengthByte(byte: number): number | null {
    this.#length += (byte & 0x7f) * 2 ** (7 * this.#lengthBytes++);
    const bytesMax = this.#isFirst ? this.#firstBytesMax : this.#bytesMax;
    if (this.#length > bytesMax) return this.#length;
    const isLast = (byte & 0x80) === 0;
    if (!isLast) return this.#lengthBytes === LENGTH_BYTES_MAX ? Number.POSITIVE_INFINITY : null;
    this.#bodyLeft = this.#length;
    if (this.#length === 0) this.#endFrame();
    return null;
  }

  #endFrame(): void {
    this.#isFirst = false;
    this.#bodyLeft = AT_TYPE;
    this.#length = 0;
    this.#lengthBytes = 0;
  }
}

const AT_TYPE = -1;
const IN_LENGTH = -2;

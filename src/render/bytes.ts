const BLANK = 0x20;
const LINE_END = 0x0a;
const ZERO = 0x30;

/**
 * Lines of padded fields, made as bytes in one place: for listings so long that making a string of every part would take
 * most of the time. One character per byte (ISO 8859-1).
 */
export class ByteLines {
  #bytes: Buffer;
  #length = 0;
  #field = 0;

  /** @param capacity bytes to begin with; more are found when needed */
  constructor(capacity = 1 << 17) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** Forgets everything. */
  clear(): void {
    this.#length = 0;
    this.#field = 0;
  }

  /** All lines since `clear`. Valid until something is written again. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  text(text: string): void {
    const start = this.#grow(text.length);
    for (let at = 0; at < text.length; at++) this.#bytes[start + at] = text.charCodeAt(at);
  }

  /** A whole number, not negative, with zeros before it up to `width` digits. */
  number(value: number, width = 1): void {
    let digits = width;
    for (let limit = 10 ** width; value >= limit; limit *= 10) digits++;
    const start = this.#grow(digits);
    let rest = value;
    for (let at = start + digits - 1; at >= start; at--) {
      const digit = rest % 10;
      this.#bytes[at] = ZERO + digit;
      rest = (rest - digit) / 10;
    }
  }

  /** Fills up the field with blanks, and ends it with one more. */
  endField(width: number): void {
    const count = Math.max(0, width - (this.#length - this.#field)) + 1;
    const start = this.#grow(count);
    for (let at = start; at < start + count; at++) this.#bytes[at] = BLANK;
    this.#field = this.#length;
  }

  endLine(): void {
    const start = this.#grow(1);
    this.#bytes[start] = LINE_END;
    this.#field = this.#length;
  }

  /** Makes room and returns where it begins. */
  #grow(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#length * 2);
      this.#bytes.copy(larger, 0, 0, start);
      this.#bytes = larger;
    }
    return start;
  }
}

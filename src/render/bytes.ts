export const BLANK = 0x20;
export const LINE_END = 0x0a;
const ZERO = 0x30;
const DOT = 0x2e;
const COLON = 0x3a;
/** Bytes that putIpv4 may write: those of the longest address, and of what follows it. */
const LONGEST_ADDRESS = 16;
/** Below it digits can be counted off in 32 bits. */
const BILLION = 1e9;

/**
 * Lines of padded fields, made as bytes in one place: for listings so long that making a string of every part would take
 * most of the time.
 */
export class ByteLines {
  #bytes: Buffer;
  #length = 0;
  #field = 0;
  #ascii = true;

  /** @param capacity bytes to begin with; more are found when needed */
  constructor(capacity = 1 << 17) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** Forgets everything. */
  clear(): void {
    this.#length = 0;
    this.#field = 0;
    this.#ascii = true;
  }

  /** Bytes since `clear`. */
  get length(): number {
    return this.#length;
  }

  /** The same as `bytes`, but text if some of it is not ASCII, since bytes are shown one character each. */
  get piece(): string | Uint8Array {
    return this.#ascii ? this.bytes : this.#bytes.toString("utf8", 0, this.#length);
  }

  /** All lines since `clear`. Valid until something is written again. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** One character per byte (ISO 8859-1). */
  text(text: string): void {
    const bytes = this.room(text.length);
    const start = this.#length;
    for (let at = 0; at < text.length; at++) bytes[start + at] = text.charCodeAt(at);
    this.#length = start + text.length;
  }

  /** A few bytes, or the first of them. */
  raw(from: Uint8Array, length = from.length): void {
    const bytes = this.room(length);
    this.#length = putBytes(bytes, this.#length, from, length);
  }

  /** Any text, in UTF-8. Lengths of fields do not count it right unless it is ASCII. */
  utf8(text: string): void {
    for (let at = 0; at < text.length; at++) {
      if (text.charCodeAt(at) < 0x80) continue;
      this.#ascii = false;
      this.raw(Buffer.from(text));
      return;
    }
    this.text(text);
  }

  /**
   * The memory with room for some bytes more, for what is written so often that calls of methods would take most of the time: from
   * `length` on with the functions below, and then `end` says how far. Valid until something else is written. Addresses may put two
   * bytes more than they have, which are written over.
   */
  room(count: number): Uint8Array {
    if (this.#length + count > this.#bytes.length) this.#enlarge(count);
    return this.#bytes;
  }

  #enlarge(count: number): void {
    const larger = Buffer.allocUnsafe((this.#length + count) * 2);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  /** Says where ends what was written there. */
  end(at: number): void {
    this.#length = at;
  }

  /** An IPv4 address, as the number that its four parts make. */
  ipv4(address: number): void {
    const bytes = this.room(LONGEST_ADDRESS);
    this.#length = putIpv4(bytes, this.#length, address);
  }

  /** A single character. */
  byte(code: number): void {
    const bytes = this.room(1);
    bytes[this.#length++] = code;
  }

  /** That many blanks; none if the number is negative. */
  blanks(count: number): void {
    if (count <= 0) return;
    const bytes = this.room(count);
    this.#length = putBlanks(bytes, this.#length, this.#length + count);
  }

  /** A whole number, not negative, with zeros before it up to `width` digits. */
  number(value: number, width = 1): void {
    if (value >= BILLION) {
      const billions = Math.floor(value / BILLION);
      this.number(billions, width - 9);
      this.number(value - billions * BILLION, 9);
      return;
    }
    let digits = width;
    for (let limit = 10 ** width; value >= limit; limit *= 10) digits++;
    const bytes = this.room(digits);
    const start = this.#length;
    let rest = value | 0;
    for (let at = start + digits - 1; at >= start; at--) {
      const tenth = (rest / 10) | 0;
      bytes[at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.#length = start + digits;
  }

  /** Fills up the field with blanks, and ends it with one more. */
  endField(width: number): void {
    this.blanks(width - (this.#length - this.#field));
    this.byte(BLANK);
    this.#field = this.#length;
  }

  endLine(): void {
    this.byte(LINE_END);
    this.#field = this.#length;
  }
}

/** A text of ASCII for what is written again and again. */
export const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

// Each of these writes at a place in memory that has room for it and some bytes more, and returns where the text ends.

/** Bytes, or the first of them. */
export function putBytes(bytes: Uint8Array, at: number, from: Uint8Array, length = from.length): number {
  for (let index = 0; index < length; index++) bytes[at + index] = from[index]!;
  return at + length;
}

/** Blanks up to a place; none if that is before. */
export function putBlanks(bytes: Uint8Array, at: number, until: number): number {
  for (let place = at; place < until; place++) bytes[place] = BLANK;
  return Math.max(at, until);
}

/** A number of 32 bits with blanks before it up to `width` characters. */
export function putRight(bytes: Uint8Array, at: number, value: number, width: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return putNumber(bytes, putBlanks(bytes, at, at + width - digits), value);
}

/** A number of 32 bits. */
export function putNumber(bytes: Uint8Array, at: number, value: number): number {
  if (value < 10) {
    bytes[at] = ZERO + value;
    return at + 1;
  }
  let end = at + 2;
  for (let limit = 100; value >= limit; limit *= 10) end++;
  let rest = value;
  for (let place = end - 1; place >= at; place--) {
    const tenth = (rest / 10) >>> 0;
    bytes[place] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return end;
}

/** An IPv4 address, as the number that its four parts make. */
function putIpv4(bytes: Uint8Array, at: number, address: number): number {
  return putParts(bytes, at, address, DOT) - 1;
}

/** The same and a port. */
export function putEndpoint(bytes: Uint8Array, at: number, address: number, port: number): number {
  return putNumber(bytes, putParts(bytes, at, address, COLON), port);
}

/** The four parts, each followed by a dot, and the last by something else. */
function putParts(bytes: Uint8Array, at: number, address: number, last: number): number {
  parts ??= makeParts();
  let end = at;
  for (let shift = 24; shift >= 0; shift -= 8) {
    const part = (address >>> shift) & 0xff;
    // Three characters and a dot whatever it is: what is too much is written over.
    const text = parts[part]!;
    bytes[end] = text;
    bytes[end + 1] = text >>> 8;
    bytes[end + 2] = text >>> 16;
    bytes[end + 3] = DOT;
    end += part > 99 ? 4 : part > 9 ? 3 : 2;
  }
  bytes[end - 1] = last;
  return end;
}

/** Three characters of the text of each part and dots behind it, the first one lowest. Made when an address is first written. */
let parts: Int32Array | undefined;

function makeParts(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, part) => {
    const text = `${part}..`;
    return text.charCodeAt(0) | (text.charCodeAt(1) << 8) | (text.charCodeAt(2) << 16);
  });
}

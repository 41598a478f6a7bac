import { NLA_F_NESTED, NLA_HDRLEN } from "./constants.js";

/** True where host order is little endian, which is what netlink speaks except where a field says otherwise. */
export const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Attributes and messages start at multiples of this (NLMSG_ALIGN, NLA_ALIGN). */
const ALIGNMENT = 4;

export function align(length: number): number {
  return (length + ALIGNMENT - 1) & -ALIGNMENT;
}

/** A growing buffer that netlink messages are appended to. It can be reset and used again. */
export class Writer {
  #bytes: Buffer;
  #view: DataView;
  #length = 0;

  constructor(capacity = 4096) {
    this.#bytes = Buffer.alloc(capacity);
    this.#view = viewOf(this.#bytes);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** What was written; valid until the next `reset`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  reset(): void {
    this.#bytes.fill(0, 0, this.#length);
    this.#length = 0;
  }

  u8(value: number): void {
    const at = this.take(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.take(2);
    this.#view.setUint16(at, value, LITTLE_ENDIAN);
  }

  /** 16 bits in network order. */
  be16(value: number): void {
    const at = this.take(2);
    this.#view.setUint16(at, value, false);
  }

  u32(value: number): void {
    const at = this.take(4);
    this.#view.setUint32(at, value, LITTLE_ENDIAN);
  }

  u64(value: bigint): void {
    const at = this.take(8);
    this.#view.setBigUint64(at, value, LITTLE_ENDIAN);
  }

  /** The bytes, and zeros up to `length` if that is more. */
  raw(value: Uint8Array, length = value.length): void {
    const at = this.take(length);
    this.#bytes.set(value, at);
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    const at = this.take(length);
    this.#bytes.write(value, at, length);
  }

  /** Zero bytes up to the next multiple of the alignment. */
  pad(): void {
    this.take(align(this.#length) - this.#length);
  }

  /** Starts an attribute; pass the result to `endAttribute` when its payload is written. */
  beginAttribute(type: number, nested: boolean): number {
    const at = this.take(NLA_HDRLEN);
    this.#view.setUint16(at + 2, nested ? type | NLA_F_NESTED : type, LITTLE_ENDIAN);
    return at;
  }

  endAttribute(start: number): void {
    this.#view.setUint16(start, this.#length - start, LITTLE_ENDIAN);
    this.pad();
  }

  /** Overwrites a field of 8, 16 or 32 bits written earlier. */
  patchU8(at: number, value: number): void {
    this.#view.setUint8(at, value);
  }

  patchU16(at: number, value: number): void {
    this.#view.setUint16(at, value, LITTLE_ENDIAN);
  }

  patchU32(at: number, value: number): void {
    this.#view.setUint32(at, value, LITTLE_ENDIAN);
  }

  /** Claims the next `count` bytes, all zero, and returns where they start. Growing replaces #view and #bytes. */
  take(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) this.#grow();
    return at;
  }

  #grow(): void {
    const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

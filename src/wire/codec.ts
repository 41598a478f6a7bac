import { DecodeError } from "../errors.js";
import { NLA_HDRLEN, NLA_TYPE_MASK } from "./constants.js";
import { align, LITTLE_ENDIAN, type Writer } from "./writer.js";

/** How one attribute's payload is written and read. */
export interface Codec<T> {
  /** Exact length of the payload in bytes; absent when it varies. */
  readonly length?: number;
  /** True for containers, which are sent with NLA_F_NESTED. */
  readonly nested?: boolean;
  encode(out: Writer, value: T): void;
  /** Reads `length` bytes at `offset`, never more. */
  decode(bytes: Buffer, offset: number, length: number): T;
}

export const u8: Codec<number> = {
  length: 1,
  encode: (out, value) => out.u8(value),
  decode: (bytes, offset) => bytes[offset]!,
};

export const u16: Codec<number> = {
  length: 2,
  encode: (out, value) => out.u16(value),
  decode: LITTLE_ENDIAN ? (bytes, offset) => bytes.readUInt16LE(offset) : (bytes, offset) => bytes.readUInt16BE(offset),
};

/** 16 bits in network order. */
export const be16: Codec<number> = {
  length: 2,
  encode: (out, value) => out.be16(value),
  decode: (bytes, offset) => bytes.readUInt16BE(offset),
};

export const u32: Codec<number> = {
  length: 4,
  encode: (out, value) => out.u32(value),
  decode: LITTLE_ENDIAN ? (bytes, offset) => bytes.readUInt32LE(offset) : (bytes, offset) => bytes.readUInt32BE(offset),
};

export const u64: Codec<bigint> = {
  length: 8,
  encode: (out, value) => out.u64(value),
  decode: LITTLE_ENDIAN
    ? (bytes, offset) => bytes.readBigUInt64LE(offset)
    : (bytes, offset) => bytes.readBigUInt64BE(offset),
};

/** A 32-bit counter, widened so that old and new statistics have one type. */
export const counter32: Codec<bigint> = {
  length: 4,
  encode: (out, value) => out.u32(Number(value)),
  decode: (bytes, offset) => BigInt(u32.decode(bytes, offset, 4)),
};

/** Text that ends in a NUL byte. Reading stops at the first NUL, or at the end where there is none. */
export const cstring: Codec<string> = {
  encode(out, value) {
    out.string(value);
    out.u8(0);
  },
  decode(bytes, offset, length) {
    const end = bytes.indexOf(0, offset);
    return bytes.toString("utf8", offset, end === -1 || end > offset + length ? offset + length : end);
  },
};

/**
 * Exactly `length` bytes; shorter values are filled up with zeros. Reading copies them, since buffers of messages are used
 * again.
 */
export function bytes(length: number): Codec<Uint8Array> {
  return {
    length,
    encode: (out, value) => out.raw(value, length),
    decode(all, offset) {
      const copy = new Uint8Array(length);
      for (let index = 0; index < length; index++) copy[index] = all[offset + index]!;
      return copy;
    },
  };
}

/** `struct ip_vs_flags`: the bits, and which of them the kernel shall take over. */
export const flags: Codec<{ readonly flags: number; readonly mask: number }> = {
  length: 8,
  encode(out, value) {
    out.u32(value.flags);
    out.u32(value.mask);
  },
  decode: (all, offset) => ({ flags: u32.decode(all, offset, 4), mask: u32.decode(all, offset + 4, 4) }),
};

/** One attribute: its number on the wire and how its payload is written. */
// biome-ignore lint/suspicious/noExplicitAny: a row of any payload type; Values recovers it.
export type Row = readonly [type: number, codec: Codec<any>];
export type Rows = Readonly<Record<string, Row>>;

/** A row with its name, the kernel's less the prefix. */
export interface NamedRow {
  readonly name: string;
  readonly type: number;
  readonly codec: Row[1];
}

/** The values of a table's attributes; what was not sent is absent (or undefined, when encoding). */
export type Values<R extends Rows> = {
  readonly [Name in keyof R]?: (R[Name][1] extends Codec<infer T> ? T : never) | undefined;
};

/**
 * A set of attributes as a table. Encoding writes the present ones in the order of the rows; decoding checks the length of
 * every known one, and ignores unknown ones, which newer kernels may send. A table is a codec itself, so tables nest.
 */
export class AttributeTable<R extends Rows> implements Codec<Values<R>> {
  readonly nested = true;
  readonly #rows: readonly NamedRow[];
  readonly #byType: (NamedRow | undefined)[] = [];
  /** Values start as copies of this: all of one shape, which is cheaper than adding names one by one. */
  readonly #nothing: Readonly<Record<string, undefined>>;

  /** @param prefix what the rows' kernel names begin with, such as `IPVS_SVC_ATTR_` */
  constructor(
    readonly prefix: string,
    readonly rows: R,
  ) {
    this.#rows = Object.entries(rows).map(([name, [type, codec]]) => ({ name, type, codec }));
    for (const row of this.#rows) this.#byType[row.type] = row;
    this.#nothing = Object.fromEntries(this.#rows.map(({ name }) => [name, undefined]));
  }

  /** The row of an attribute's number; absent for unknown ones. */
  row(type: number): NamedRow | undefined {
    return this.#byType[type];
  }

  encode(out: Writer, values: Values<R>): void {
    for (const { name, type, codec } of this.#rows) {
      const value = values[name];
      if (value === undefined) continue;
      const start = out.beginAttribute(type, codec.nested === true);
      codec.encode(out, value);
      out.endAttribute(start);
    }
  }

  decode(bytes: Buffer, offset: number, length: number): Values<R> {
    const values: Record<string, unknown> = { ...this.#nothing };
    const end = offset + length;
    if (end > bytes.length) throw new DecodeError(`${this.prefix}*: ${length} bytes announced, fewer received`);
    for (let at = offset; at < end; ) {
      if (end - at < NLA_HDRLEN) throw new DecodeError(`${this.prefix}*: ${end - at} stray bytes after the attributes`);
      const size = u16.decode(bytes, at, 2);
      if (size < NLA_HDRLEN || at + size > end) {
        throw new DecodeError(`${this.prefix}*: attribute length ${size} where ${end - at} bytes are left`);
      }
      const row = this.#byType[u16.decode(bytes, at + 2, 2) & NLA_TYPE_MASK];
      if (row !== undefined) {
        const { name, codec } = row;
        const payload = size - NLA_HDRLEN;
        if (codec.length !== undefined && codec.length !== payload) {
          throw new DecodeError(`${this.prefix}${name}: ${payload} bytes instead of ${codec.length}`);
        }
        values[name] = codec.decode(bytes, at + NLA_HDRLEN, payload);
      }
      at += align(size);
    }
    return values as Values<R>;
  }

  /** The same table without some rows, which decoding then ignores: cheaper where they are not needed. */
  without<Name extends keyof R>(...names: Name[]): AttributeTable<Omit<R, Name>> {
    const kept = Object.entries(this.rows).filter(([name]) => !names.includes(name as Name));
    return new AttributeTable(this.prefix, Object.fromEntries(kept) as unknown as Omit<R, Name> & Rows);
  }
}

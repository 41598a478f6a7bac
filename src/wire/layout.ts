import type { AttributeTable, Codec, Rows } from "./codec.js";
import { AttributeTable as Table } from "./codec.js";
import { NLA_HDRLEN, NLA_TYPE_MASK } from "./constants.js";
import { align } from "./writer.js";

/** An attribute of a message. */
export interface Attribute {
  /** As in `place`. */
  readonly place: number;
  /** Of the payload, in bytes. */
  readonly length: number;
  readonly codec: Codec<unknown>;
}

/**
 * The shape of a message that was decoded once: the headers of its attributes. The kernel writes all servers alike, so the next
 * one is likely to have the same headers, and its values then lie in the same places.
 */
export class Layout {
  /** Where headers of attributes stand, and what stands there; both in words of 32 bits. */
  readonly #at: number[] = [];
  readonly #headers: number[] = [];
  readonly #attributes = new Map<string, Attribute>();

  /**
   * @param table has decoded the message without complaint
   * @param words the attributes, `length` bytes of them from word `start` on
   */
  constructor(
    table: AttributeTable<Rows>,
    words: Uint32Array,
    start: number,
    readonly length: number,
  ) {
    this.#learn(table, words, start, 0, length, "");
  }

  #learn(
    table: AttributeTable<Rows>,
    words: Uint32Array,
    start: number,
    from: number,
    end: number,
    path: string,
  ): void {
    for (let at = from; at < end; ) {
      const header = words[start + at / 4]!;
      this.#at.push(at / 4);
      this.#headers.push(header);
      const [size, type] = new Uint16Array(Uint32Array.of(header).buffer);
      const row = table.row(type! & NLA_TYPE_MASK);
      if (row !== undefined) {
        const name = path + row.name;
        this.#attributes.set(name, { place: (at + NLA_HDRLEN) / 4, length: size! - NLA_HDRLEN, codec: row.codec });
        if (row.codec instanceof Table) this.#learn(row.codec, words, start, at + NLA_HDRLEN, at + size!, `${name}.`);
      }
      at += align(size!);
    }
  }

  /** Whether a message has this shape. */
  fits(words: Uint32Array, start: number, length: number): boolean {
    if (length !== this.length) return false;
    for (let index = 0; index < this.#at.length; index++) {
      if (words[start + this.#at[index]!] !== this.#headers[index]) return false;
    }
    return true;
  }

  /** Where the payload of an attribute begins, in words from the first attribute on, such as `DEST.STATS64.CONNS`; absent: it is not there. */
  place(path: string): number | undefined {
    return this.#attributes.get(path)?.place;
  }

  /** All that is known of an attribute; absent: it is not there. */
  attribute(path: string): Attribute | undefined {
    return this.#attributes.get(path);
  }
}

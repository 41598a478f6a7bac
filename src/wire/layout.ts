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
  /** Where the headers of attributes stand, each followed by what stands there; in words of 32 bits. */
  readonly #headers: Int32Array;
  readonly #attributes = new Map<string, Attribute>();

  /**
   * @param table has decoded the message without complaint
   * @param words the attributes, `length` bytes of them from word `start` on
   */
  constructor(
    table: AttributeTable<Rows>,
    words: Int32Array,
    start: number,
    readonly length: number,
  ) {
    this.#headers = Int32Array.from(this.#learn(table, words, start, 0, length, ""));
  }

  /** Takes note of the attributes, and gives what `#headers` holds. */
  *#learn(
    table: AttributeTable<Rows>,
    words: Int32Array,
    start: number,
    from: number,
    end: number,
    path: string,
  ): Generator<number, void, undefined> {
    for (let at = from; at < end; ) {
      const header = words[start + at / 4]!;
      yield at / 4;
      yield header;
      const [size, type] = new Uint16Array(Int32Array.of(header).buffer);
      const row = table.row(type! & NLA_TYPE_MASK);
      if (row !== undefined) {
        const name = path + row.name;
        this.#attributes.set(name, { place: (at + NLA_HDRLEN) / 4, length: size! - NLA_HDRLEN, codec: row.codec });
        if (row.codec instanceof Table) {
          yield* this.#learn(row.codec, words, start, at + NLA_HDRLEN, at + size!, `${name}.`);
        }
      }
      at += align(size!);
    }
  }

  /** Whether a message has this shape. */
  fits(words: Int32Array, start: number, length: number): boolean {
    if (length !== this.length) return false;
    const headers = this.#headers;
    for (let index = 0; index < headers.length; index += 2) {
      if (words[start + headers[index]!] !== headers[index + 1]) return false;
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

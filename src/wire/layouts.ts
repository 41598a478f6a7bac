import type { AttributeTable, Rows } from "./codec.js";
import { GENL_HDRLEN } from "./constants.js";
import { Layout } from "./layout.js";
import type { Message } from "./message.js";

/** Messages of more shapes than this are not of one kind. Services have some twenty: marks, lengths of names, engines. */
const MOST_LAYOUTS = 32;

/** The shapes that messages of one kind have had, each with its reader. */
export class Layouts<R> {
  readonly #table: AttributeTable<Rows>;
  readonly #make: (layout: Layout) => R;
  readonly #known = new Map<Layout, R>();
  /** That of the last message: the next one is likely to be alike. */
  #layout: Layout | undefined;
  #reader: R | undefined;

  /**
   * @param table what the messages are decoded with
   * @param make makes the reader for messages of a shape
   */
  constructor(table: AttributeTable<Rows>, make: (layout: Layout) => R) {
    this.#table = table;
    this.#make = make;
  }

  /** Whether there is a reader. */
  get hasReader(): boolean {
    for (const reader of this.#known.values()) if (reader !== undefined) return true;
    return false;
  }

  /** The reader for attributes, `length` bytes of them from word `start` on; absent for those of a new shape. */
  find(words: Int32Array, start: number, length: number): R | undefined {
    const layout = this.#layout;
    if (layout === undefined) return undefined;
    return layout.fits(words, start, length) || this.#search(words, start, length) ? this.#reader : undefined;
  }

  /** Goes over to the shape of a message. False if it is a new one. */
  #search(words: Int32Array, start: number, length: number): boolean {
    for (const [layout, reader] of this.#known) {
      if (!layout.fits(words, start, length)) continue;
      this.#layout = layout;
      this.#reader = reader;
      return true;
    }
    return false;
  }

  /** Learns the shape of a message that the table has decoded. */
  learn(message: Message): void {
    const { words, first } = message;
    const length = message.length - GENL_HDRLEN;
    if (this.#known.size === MOST_LAYOUTS || this.#search(words, first, length)) return;
    this.#layout = new Layout(this.#table, words, first, length);
    this.#reader = this.#make(this.#layout);
    this.#known.set(this.#layout, this.#reader);
  }
}

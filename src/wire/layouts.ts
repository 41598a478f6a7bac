import type { AttributeTable, Rows } from "./codec.js";
import { GENL_HDRLEN } from "./constants.js";
import { Layout } from "./layout.js";
import type { Message } from "./message.js";

/** Messages of more shapes than this are not of one kind. */
const MOST_LAYOUTS = 8;

/** The shapes that messages of one kind have had, each with its reader. */
export class Layouts<R> {
  readonly #table: AttributeTable<Rows>;
  readonly #make: (layout: Layout) => R;
  readonly #known: { readonly layout: Layout; readonly reader: R }[] = [];
  /** Which of them came last. */
  #last = 0;

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
    return this.#known.some(({ reader }) => reader !== undefined);
  }

  /** The reader for attributes, `length` bytes of them from word `start` on; absent for those of a new shape. */
  find(words: Uint32Array, start: number, length: number): R | undefined {
    for (let tries = 0; tries < this.#known.length; tries++) {
      const { layout, reader } = this.#known[this.#last]!;
      if (layout.fits(words, start, length)) return reader;
      this.#last = (this.#last + 1) % this.#known.length;
    }
    return undefined;
  }

  /** Learns the shape of a message that the table has decoded. */
  learn(message: Message): void {
    const { words, first } = message;
    const length = message.length - GENL_HDRLEN;
    const isKnown = this.#known.some(({ layout }) => layout.fits(words, first, length));
    if (isKnown || this.#known.length === MOST_LAYOUTS) return;
    const layout = new Layout(this.#table, words, first, length);
    this.#known.push({ layout, reader: this.#make(layout) });
  }
}

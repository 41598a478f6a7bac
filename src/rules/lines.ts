import type { CodeLine } from "../options/common.js";
import { LINE_END } from "../render/bytes.js";
import { LITTLE_ENDIAN } from "../wire/writer.js";

/** Characters that are made numbers at once. */
const WINDOW = 1 << 15;
/** Room behind them: comparing a few characters may look beyond the end of a line. */
const BEYOND = 16;

/**
 * The lines of a text one after the other: it is the one that was read last. With its characters as numbers, a window of them after the
 * other: to ask the text for each would take most of the time.
 */
export class Lines implements CodeLine {
  readonly text: string;
  /** Counted from 1. */
  line = 0;
  /** Where it stands in the text. */
  start = 0;
  stop = -1;
  from = 0;
  to = 0;
  base = 0;
  readonly #window = Buffer.alloc(2 * (WINDOW + BEYOND));
  readonly codes = new Uint16Array(this.#window.buffer, this.#window.byteOffset, WINDOW + BEYOND);
  /** Where the window ends in the text. */
  #end = -1;

  constructor(text: string) {
    this.text = text;
  }

  /** Goes on to the next line; false when there is none. */
  next(): boolean {
    const { text } = this;
    const start = this.stop + 1;
    if (start >= text.length) return false;
    const end = text.indexOf("\n", start);
    const stop = end === -1 ? text.length : end;
    this.line++;
    this.start = start;
    this.stop = stop;
    if (stop > this.#end) this.#look(start);
    // A longer line is not a common one, so that nobody needs its numbers.
    const isWhole = stop <= this.#end;
    this.to = Math.min(stop, this.#end) - this.base;
    this.from = isWhole ? start - this.base : this.to;
    return true;
  }

  #look(start: number): void {
    const part = this.text.slice(start, start + WINDOW);
    this.#window.write(part, "utf16le");
    if (!LITTLE_ENDIAN) this.#window.swap16();
    this.codes[part.length] = LINE_END;
    this.base = start;
    this.#end = start + part.length;
  }
}

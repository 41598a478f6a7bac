/** Where a line of a configuration stands. */
export interface Place {
  /** As the programs name it; empty for the file that is read first. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Something to say of a configuration. */
export interface Remark {
  /** `line 12`, or `conf.d/web.conf line 3` for an included file. */
  readonly where: string;
  readonly reason: string;
}

/** Collects what there is to say while a configuration is read. */
export class Remarks {
  /** How many mistakes were told. */
  mistakes = 0;
  readonly #mistake: (remark: Remark) => void;
  readonly #warning: (remark: Remark) => void;

  constructor(mistake: (remark: Remark) => void, warning: (remark: Remark) => void) {
    this.#mistake = mistake;
    this.#warning = warning;
  }

  mistake(place: Place, reason: string): void {
    this.mistakes++;
    this.#mistake({ where: placeText(place), reason });
  }

  warn(place: Place, reason: string): void {
    this.#warning({ where: placeText(place), reason });
  }

  /**
   * Reads a part, and tells the mistake that ends it. Absent when there was one.
   *
   * @param place of the mistake, unless it has its own
   * @param word what the reason is about; absent: the reason says so
   */
  attempt<T>(place: Place, word: string | undefined, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      const about = word === undefined || error.place !== undefined ? "" : `${word}: `;
      this.mistake(error.place ?? place, `${about}${error.reason}`);
      return undefined;
    }
  }
}

/** A place in words. */
export function placeText({ file, line }: Place): string {
  return file === "" ? `line ${line}` : `${file} line ${line}`;
}

/** A mistake that ends the reading of a statement, or of the whole configuration; thrown and caught within this room. */
export class Mistake extends Error {
  constructor(
    readonly reason: string,
    readonly place?: Place,
  ) {
    super(reason);
  }
}

/** A mistake where a value is wanted. */
export function refuse(reason: string): never {
  throw new Mistake(reason);
}

/** What the reader must know of a word: whether something follows it. */
export interface Known {
  readonly takes: "nothing" | "argument" | "optional argument";
}

/** All options that a reader knows. */
export interface Vocabulary<K extends Known> {
  /** By their long names, without dashes. */
  readonly long: ReadonlyMap<string, K>;
  /** By the code of their letters. */
  readonly short: readonly (K | undefined)[];
}

const DASH = 0x2d;
const EQUALS = 0x3d;

/**
 * Reads options one by one as popt(3) does for ipvsadm 1.31: clusters (`-Ln`), arguments in the same word (`-w5`, `-w=5`,
 * `--weight=5`) or the next one (whatever that begins with), optional arguments, `--`, and leftover words anywhere.
 * Long names are never abbreviated.
 */
export class OptionReader<K extends Known> {
  /** The words that were neither options nor arguments so far. */
  readonly leftovers: string[] = [];
  /** The last word that was read: an option, a cluster, or a separate argument. Messages name it. */
  word = "";
  /** What followed the last option, if anything did. */
  argument: string | undefined;
  /** Why the last `next` found no option although there are words left; the text of ipvsadm 1.31. */
  error: string | undefined;
  /** Whether it is that there is no such option. */
  unknown = false;
  readonly #known: Vocabulary<K>;
  readonly #args: readonly string[];
  readonly #posix: boolean;
  /** Index of the next word, and of the next letter in the present cluster (0: none). */
  #next = 0;
  #letter = 0;
  #onlyLeftovers = false;

  /** @param posix POSIXLY_CORRECT: the first leftover word ends the options */
  constructor(known: Vocabulary<K>, args: readonly string[], posix = false) {
    this.#known = known;
    this.#args = args;
    this.#posix = posix;
  }

  /** The next option; absent at the end of the line and after a mistake, which `error` tells. */
  next(): K | undefined {
    this.argument = undefined;
    if (this.#letter > 0) return this.#short();
    while (this.#next < this.#args.length) {
      const word = this.#args[this.#next++]!;
      this.word = word;
      if (this.#onlyLeftovers || word.length < 2 || word.charCodeAt(0) !== DASH) {
        this.leftovers.push(word);
        if (this.#posix) this.#onlyLeftovers = true;
      } else if (word === "--") {
        this.#onlyLeftovers = true;
      } else if (word.charCodeAt(1) === DASH) {
        return this.#long();
      } else {
        this.#letter = 1;
        return this.#short();
      }
    }
    return undefined;
  }

  #long(): K | undefined {
    const equals = this.word.indexOf("=");
    const name = equals < 0 ? this.word.slice(2) : this.word.slice(2, equals);
    const option = this.#known.long.get(name);
    if (option === undefined) return this.#unknown();
    return this.#complete(option, equals < 0 ? undefined : this.word.slice(equals + 1));
  }

  #short(): K | undefined {
    const { word } = this;
    const option = this.#known.short[word.charCodeAt(this.#letter++)];
    if (option === undefined) return this.#unknown();
    if (this.#letter === word.length) {
      this.#letter = 0;
      return this.#complete(option, undefined);
    }
    const equals = word.charCodeAt(this.#letter) === EQUALS;
    if (option.takes === "nothing") return equals ? this.#fail("option does not take an argument") : option;
    const rest = word.slice(equals ? this.#letter + 1 : this.#letter);
    this.#letter = 0;
    return this.#complete(option, rest);
  }

  /** Finds the argument of an option: `rest` is what follows it in the same word. */
  #complete(option: K, rest: string | undefined): K | undefined {
    if (option.takes === "nothing") return rest === undefined ? option : this.#fail("option does not take an argument");
    if (rest !== undefined) {
      this.argument = rest;
      return option;
    }
    const following = this.#args[this.#next];
    if (option.takes === "argument") {
      if (following === undefined) return this.#fail("missing argument");
    } else if (following === undefined || following.charCodeAt(0) === DASH) return option;
    this.#next++;
    this.word = following;
    this.argument = following;
    return option;
  }

  #unknown(): undefined {
    this.unknown = true;
    return this.#fail("unknown option");
  }

  #fail(reason: string): undefined {
    this.error = `${this.word}: ${reason}`;
    return undefined;
  }
}

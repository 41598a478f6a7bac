import { expandPattern, isPattern, type ListFolder } from "./pattern.js";
import { Mistake, type Place, type Remarks, refuse } from "./remarks.js";
import { INCLUDE } from "./sections.js";
import { withoutComment } from "./tokens.js";

/** The files that a configuration includes. */
export interface Files {
  /** The text of a file. Throws an IpvsError when it cannot be read. */
  read(path: string): string;
  readonly list: ListFolder;
}

/** A line as it stands in a file, without its comment. */
export interface RawLine {
  readonly place: Place;
  readonly text: string;
  /** Ends with a backslash: what a definition of several lines has between them. */
  readonly continues: boolean;
}

const LARGEST_DEPTH = 32;
const MOST_FILES = 1000;
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** Goes through the lines of a configuration and of all files that it includes. */
export class Lines {
  #files = 0;
  #characters = 0;
  readonly #source: Files;
  readonly #remarks: Remarks;

  constructor(source: Files, remarks: Remarks) {
    this.#source = source;
    this.#remarks = remarks;
  }

  /**
   * @param path of the file that is read first
   * @throws Mistake when files include each other without an end
   */
  *all(text: string, path: string): Generator<RawLine> {
    yield* this.#lines(text, path, "", []);
  }

  *#lines(text: string, path: string, file: string, above: readonly string[]): Generator<RawLine> {
    let line = 0;
    for (let start = 0; start < text.length; ) {
      const end = text.indexOf("\n", start);
      const stop = end === -1 ? text.length : end;
      const place = { file, line: ++line };
      const bare = withoutComment(text.slice(start, stop));
      const include = INCLUDE.exec(bare);
      if (include !== null) yield* this.#included(include[2], place, [...above, path]);
      else yield { place, text: bare, continues: bare.endsWith("\\") };
      start = stop + 1;
    }
  }

  *#included(name: string | undefined, place: Place, above: readonly string[]): Generator<RawLine> {
    for (const path of this.#named(name, place, above)) {
      if (above.includes(path)) throw new Mistake(`${path} includes itself`, place);
      if (above.length > LARGEST_DEPTH) throw new Mistake(`files include each other ${LARGEST_DEPTH} deep`, place);
      if (++this.#files > MOST_FILES) throw new Mistake(`more than ${MOST_FILES} files are included`, place);
      const text = this.#text(path, place);
      this.#characters += text.length;
      if (this.#characters > MOST_CHARACTERS) {
        throw new Mistake(`the included files are longer than ${MOST_CHARACTERS} characters`, place);
      }
      yield* this.#lines(text, path, path, above);
    }
  }

  #text(path: string, place: Place): string {
    try {
      return this.#source.read(path);
    } catch (error) {
      this.#remarks.mistake(place, (error as Error).message);
      return "";
    }
  }

  /** The files that an `include` names: relative to the file that it stands in. */
  #named(name: string | undefined, place: Place, above: readonly string[]): readonly string[] {
    const paths = this.#remarks.attempt(place, undefined, () => {
      const path = fileName(name);
      const from = above.at(-1)!;
      const folder = from.slice(0, from.lastIndexOf("/") + 1);
      const full = path.startsWith("/") ? path : folder + path;
      return isPattern(full) ? expandPattern(full, this.#source.list) : [full];
    });
    return paths ?? [];
  }
}

function fileName(name = ""): string {
  if (name === "") return refuse("include needs the name of a file");
  if (/["'\\]/.test(name)) return refuse("keepalived takes quotes and backslashes as a part of the file's name");
  if (name.includes("$")) return refuse("keepalived does not replace parameters in an include");
  return name;
}

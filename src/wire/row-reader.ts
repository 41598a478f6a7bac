import type { Family } from "../model/address.js";
import type { RowStore, Rows } from "../model/rows.js";
import { DEST, replyTable, STATS64 } from "./attributes.js";
import { cstring, be16 as networkOrder } from "./codec.js";
import { AF_INET, AF_INET6 } from "./constants.js";
import type { Layout } from "./layout.js";
import { Layouts } from "./layouts.js";
import { attributesOf, KIND_WORD, MESSAGE_WORDS, type MessageReader, SEQUENCE_WORD } from "./message.js";
import { FAMILY_NUMBERS } from "./service.js";
import { be32, HIGH, LOW, shiftOf } from "./words.js";
import { align } from "./writer.js";

/** Which attributes of a service or server belong into which columns of its row. */
export interface RowShape {
  readonly owner: "SERVICE" | "DEST";
  /** The attribute that holds AF_*, and the column of 4 or 6. */
  readonly family: string;
  readonly version: number;
  readonly address: readonly [attribute: string, column: number];
  /** Numbers, with the bits that count where these are not all. Those that are not in a message are 0. */
  readonly numbers: readonly (readonly [attribute: string, column: number, mask?: number])[];
  /** An attribute of four bytes: an IPv4 address, or a number for IPv6. */
  readonly netmask?: readonly [attribute: string, column: number];
  /** A name, of which the column has the number. */
  readonly name?: readonly [attribute: string, column: number];
  /** The column that says whether there are counters, which come behind it. */
  readonly counters: number;
  /** Messages without these attributes, or with those, are left to the tables. */
  readonly needs: readonly string[];
  readonly refuses: readonly string[];
}

type NumberOf = (name: string) => number;

/** A name, and the one that came last: most services have the same scheduler. */
class NamePlace {
  readonly #words: Int32Array;
  #number = 0;

  /**
   * @param place as in Places; -1: there is none
   * @param length of the attribute, in bytes
   */
  constructor(
    readonly place: number,
    readonly column: number,
    readonly length: number,
    readonly numberOf: NumberOf,
  ) {
    this.#words = new Int32Array(Math.ceil(length / 4));
  }

  /** The number of the name at a word. */
  read(from: Int32Array, at: number): number {
    const words = this.#words;
    let same = this.#number !== 0;
    for (let word = 0; word < words.length; word++) {
      if (words[word] === from[at + word]) continue;
      words[word] = from[at + word]!;
      same = false;
    }
    if (!same) this.#number = this.numberOf(cstring.decode(Buffer.from(words.buffer), 0, this.length));
    return this.#number;
  }
}

/** How a number of up to 32 bits gets from its place in a message to its column. */
type Step = readonly [place: number, column: number, isNetwork: boolean, shift: number, mask: number];

/** Words that a step takes. */
const STEP_WORDS = 5;

/**
 * What messages of a shape are read with. Places are words from the first attribute on. Of a class, since V8 compiles what uses literals
 * once more after the second one.
 */
class Places {
  readonly ipv4: Int32Array;
  readonly ipv6: Int32Array;

  /**
   * @param family absent: messages do not say it
   * @param version a column
   * @param ipv4 the steps for those of this family
   * @param counterColumn the column that says whether there are counters
   * @param counters their places
   */
  constructor(
    readonly family: number | undefined,
    readonly version: number,
    ipv4: readonly Step[],
    ipv6: readonly Step[],
    readonly name: NamePlace,
    readonly counterColumn: number,
    readonly counters: readonly number[],
  ) {
    this.ipv4 = Int32Array.from(ipv4.flat().map(Number));
    this.ipv6 = Int32Array.from(ipv6.flat().map(Number));
  }
}

/** What the tables make of a message. */
export type Values = ReturnType<ReturnType<typeof replyTable>["decode"]>;

/**
 * Reads messages about services or servers into rows. The first message of a shape is decoded by the tables, those after it are read
 * from the same places.
 */
export class RowReader<R extends Rows> {
  readonly #table: ReturnType<typeof replyTable>;
  readonly #layouts: Layouts<Places | undefined>;
  readonly #append: (rows: R, values: Values, family: Family) => boolean;

  /**
   * @param stats whether counters are read, too
   * @param append adds what the tables have decoded; false if there is nothing. Throws DecodeError
   * @param numberOf gives the number of a name; absent where there are none
   */
  constructor(
    shape: RowShape,
    stats: boolean,
    append: (rows: R, values: Values, family: Family) => boolean,
    numberOf: NumberOf = () => 0,
  ) {
    this.#table = replyTable(stats);
    this.#layouts = new Layouts(this.#table, (layout) => placesOf(shape, layout, numberOf));
    this.#append = append;
  }

  /** Whether there are shapes that need no tables. */
  get knowsShapes(): boolean {
    return this.#layouts.hasReader;
  }

  /**
   * Adds what a message is about, and the messages behind it that are alike. Throws DecodeError.
   *
   * @param family where messages do not say it: that of the service, for servers in replies of kernels before 3.18
   */
  read(rows: R, messages: MessageReader, family: Family = "ipv4"): void {
    const { words, first, end } = messages;
    const begin = first - MESSAGE_WORDS;
    const [kind, sequence] = [words[begin + KIND_WORD]!, words[begin + SEQUENCE_WORD]!];
    const read = this.readRun(rows.store, words, begin, end, kind, sequence, FAMILY_NUMBERS[family]);
    if (read > begin) messages.skip(read);
    else if (this.#append(rows, this.#table.decode(...attributesOf(messages)), family)) this.#layouts.learn(messages);
  }

  /**
   * Adds what the messages between two words are about, as far as they are of known shapes. Returns the word at which it stopped, where
   * a message begins that is another one, or that only the tables know to complain about.
   *
   * @param kind type and flags of the messages, see kindOf
   * @param sequence number of the request that they answer
   * @param otherwise AF_* where they do not say it
   */
  readRun(
    store: RowStore,
    from: Int32Array,
    begin: number,
    end: number,
    kind: number,
    sequence: number,
    otherwise: number,
  ): number {
    let message = begin;
    while (message < end && from[message + KIND_WORD] === kind && from[message + SEQUENCE_WORD] === sequence) {
      const length = from[message]!;
      const next = message + (align(length) >> 2);
      if (next > end) break;
      const start = message + MESSAGE_WORDS;
      const places = this.#layouts.find(from, start, length - 4 * MESSAGE_WORDS);
      if (places === undefined) break;
      const { family: said, version, name, counterColumn, counters } = places;
      const family = said === undefined ? otherwise : (from[start + said]! >>> FAMILY_SHIFT) & 0xffff;
      const isIpv4 = family === AF_INET;
      if (!isIpv4 && family !== AF_INET6) break;
      const at = store.add();
      const { words } = store;
      words[at + version] = isIpv4 ? 4 : 6;
      const steps = isIpv4 ? places.ipv4 : places.ipv6;
      for (let step = 0; step < steps.length; step += STEP_WORDS) {
        const word = from[start + steps[step]!]!;
        const number = steps[step + 2] === 1 ? be32(word) : word;
        words[at + steps[step + 1]!] = (number >>> steps[step + 3]!) & steps[step + 4]!;
      }
      if (name.place >= 0) words[at + name.column] = name.read(from, start + name.place);
      if (counters.length > 0) words[at + counterColumn] = 1;
      for (let index = 0; index < counters.length; index++) {
        const place = start + counters[index]!;
        const column = at + counterColumn + 1 + 2 * index;
        words[column] = from[place + LOW]!;
        words[column + 1] = from[place + HIGH]!;
      }
      message = next;
    }
    return message;
  }
}

/** All bits of a number. */
const ALL = 0xffffffff;

const FAMILY_SHIFT = shiftOf(DEST.rows.ADDR_FAMILY[1]);

/** Absent for shapes that are left to the tables. */
function placesOf(
  { owner, family, version, address, ...shape }: RowShape,
  layout: Layout,
  numberOf: NumberOf,
): Places | undefined {
  const placeOf = (attribute: string) => layout.place(`${owner}.${attribute}`);
  const counters = counterPlaces(layout, owner);
  const isRefused = shape.refuses.some((attribute) => placeOf(attribute) !== undefined);
  if (counters === undefined || isRefused || shape.needs.some((attribute) => placeOf(attribute) === undefined)) {
    return undefined;
  }
  const numbers = shape.numbers.flatMap(([attribute, column, mask]): Step[] => {
    const { place, codec } = layout.attribute(`${owner}.${attribute}`) ?? {};
    if (place === undefined || codec === undefined) return [];
    // Of longer ones the first word counts.
    const length = Math.min(codec.length!, 4);
    const isNetwork = codec === networkOrder;
    return [[place, column, isNetwork, isNetwork ? 16 : shiftOf({ length }), mask ?? 2 ** (8 * length) - 1]];
  });
  const addressAt = placeOf(address[0])!;
  const addressWord = (part: number): Step => [addressAt + part, address[1] + part, true, 0, ALL];
  const netmaskAt = placeOf(shape.netmask?.[0] ?? "");
  const netmask = (isNetwork: boolean): Step[] =>
    netmaskAt === undefined ? [] : [[netmaskAt, shape.netmask![1], isNetwork, 0, ALL]];
  const [name, nameColumn] = shape.name ?? ["", 0];
  const { place = -1, length = 0 } = layout.attribute(`${owner}.${name}`) ?? {};
  return new Places(
    placeOf(family),
    version,
    [addressWord(0), ...netmask(true), ...numbers],
    [...[0, 1, 2, 3].map(addressWord), ...netmask(false), ...numbers],
    new NamePlace(place, nameColumn, length, numberOf),
    shape.counters,
    counters,
  );
}

/**
 * Where counters of 64 bits lie, in the order of rows; empty: there are none, or they are not to be read. Absent for those of old
 * kernels, which are left to the tables.
 */
function counterPlaces(layout: Layout, owner: string): readonly number[] | undefined {
  if (layout.place(`${owner}.STATS64`) === undefined) {
    return layout.place(`${owner}.STATS`) === undefined ? [] : undefined;
  }
  const places = Object.keys(STATS64.rows).map((name) => layout.place(`${owner}.STATS64.${name}`));
  return places.includes(undefined) ? undefined : (places as number[]);
}

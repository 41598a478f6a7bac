import { ADDRESS_LENGTH, type Address, addressBytes, addressFromBytes, dotted, familyOf } from "./address.js";
import { STATS_FIELDS, type Stats } from "./stats.js";

/** Words that an address takes. An IPv4 address is the first of them. */
export const ADDRESS_WORDS = 4;

/** Words that counters take, two for each of STATS_FIELDS, the low one first. Before them stands whether there are any. */
export const STATS_WORDS = 1 + 2 * STATS_FIELDS.length;

/** The memory of rows. */
export class RowStore {
  /** All rows in one list; another one after rows were added. */
  words: Uint32Array;
  count = 0;
  readonly width: number;

  constructor(width: number, capacity: number) {
    this.width = width;
    this.words = new Uint32Array(capacity * width);
  }

  /** Adds a row of zeros and returns where it begins. */
  add(): number {
    const at = this.count++ * this.width;
    if (at === this.words.length) {
      const larger = new Uint32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    return at;
  }
}

/** Rows of numbers, for what there is so much of that an object for each would take most of the time. */
export class Rows {
  /**
   * Of one class whatever the rows are about: who fills it is compiled once.
   *
   * @internal
   */
  readonly store: RowStore;

  /**
   * @param width words of a row
   * @param capacity rows to begin with; more are found when needed
   */
  constructor(width: number, capacity: number) {
    this.store = new RowStore(width, capacity);
  }

  get count(): number {
    return this.store.count;
  }

  /** As in the store. */
  get words(): Uint32Array {
    return this.store.words;
  }

  /** Where a row begins in `words`. */
  at(row: number): number {
    return row * this.store.width;
  }

  /** Forgets the rows from one on. */
  truncate(count: number): void {
    const { store } = this;
    if (count === store.count) return;
    store.words.fill(0, count * store.width, store.count * store.width);
    store.count = count;
  }
}

/** Which of two rows comes first, by the columns from one to another in the order in which they stand: below 0 if it is `a`. */
export function compareRows({ words, width }: RowStore, a: number, b: number, first: number, last: number): number {
  for (let column = first; column <= last; column++) {
    const difference = words[a * width + column]! - words[b * width + column]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Writes an address into its words; returns 4 or 6. The words are numbers in the order of addresses. */
export function writeAddressWords(words: Uint32Array, at: number, address: Address): number {
  const bytes = addressBytes(address);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let word = 0; word < bytes.length / 4; word++) words[at + word] = view.getUint32(4 * word);
  return familyOf(address) === "ipv6" ? 6 : 4;
}

/** The address in such words. */
export function addressOf(words: Uint32Array, at: number, version: number): Address {
  if (version !== 6) return dotted(words[at]!);
  const bytes = new Uint8Array(ADDRESS_LENGTH.ipv6);
  const view = new DataView(bytes.buffer);
  for (let word = 0; word < ADDRESS_WORDS; word++) view.setUint32(4 * word, words[at + word]!);
  return addressFromBytes("ipv6", bytes);
}

/** Writes counters into their words. */
export function writeStatsWords(words: Uint32Array, at: number, stats: Stats): void {
  words[at] = 1;
  STATS_FIELDS.forEach((field, index) => {
    words[at + 1 + 2 * index] = Number(stats[field] & 0xffffffffn);
    words[at + 2 + 2 * index] = Number(stats[field] >> 32n);
  });
}

/** The counters in such words; absent where there are none. */
export function statsOf(words: Uint32Array, at: number): Stats | undefined {
  if (words[at] === 0) return undefined;
  const value = (index: number) => BigInt(wide(words, at + 1 + 2 * index));
  return {
    connections: value(0),
    inPackets: value(1),
    outPackets: value(2),
    inBytes: value(3),
    outBytes: value(4),
    connectionRate: value(5),
    inPacketRate: value(6),
    outPacketRate: value(7),
    inByteRate: value(8),
    outByteRate: value(9),
  };
}

const TWO_TO_32 = 0x1_0000_0000;
/** Least high word with which a number is not exact any more. */
const INEXACT = 0x20_0000;

/** A counter of two words, the low one first: a number where that is exact. */
export function wide(words: Uint32Array, at: number): number | bigint {
  const high = words[at + 1]!;
  if (high === 0) return words[at]!;
  return high < INEXACT ? high * TWO_TO_32 + words[at]! : (BigInt(high) << 32n) | BigInt(words[at]!);
}

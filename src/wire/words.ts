import type { Codec } from "./codec.js";
import { LITTLE_ENDIAN } from "./writer.js";

// Numbers of messages that are read as words of 32 bits.

const swapped = (word: number) => (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);

/** 32 bits in network order, with a sign. */
export const be32: (word: number) => number = LITTLE_ENDIAN ? swapped : (word) => word;

/** By how many bits the numbers of a codec, in host order and at the beginning of a word, have to be shifted to the right. */
export const shiftOf = ({ length = 4 }: Pick<Codec<unknown>, "length">): number =>
  LITTLE_ENDIAN ? 0 : 8 * (4 - length);

/** Where the low and the high word of 64 bits stand. */
export const [LOW, HIGH]: readonly [number, number] = LITTLE_ENDIAN ? [0, 1] : [1, 0];

// The same the other way: what such a word has to be.

/** Of 32 bits in network order. */
export const networkLong: (number: number) => number = be32;

/** Of 16 bits in network order, at its beginning. */
export const networkShort: (number: number) => number = LITTLE_ENDIAN
  ? (number) => ((number & 0xff) << 8) | ((number >>> 8) & 0xff)
  : (number) => number << 16;

/** Of 16 bits in host order, at its beginning. */
export const hostShort: (number: number) => number = LITTLE_ENDIAN
  ? (number) => number & 0xffff
  : (number) => number << 16;

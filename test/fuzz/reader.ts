import fc from "fast-check";
import { IpvsError } from "../../src/errors.js";

/** A reader of text or bytes that others write, and what it is given. */
export interface Reader<T = unknown> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<T>;
  /** Reads an input and uses what was read, as the programs do. Throws nothing but errors of ours. */
  readonly read: (input: T) => unknown;
  /** How many inputs it gets where others get one. Default 1; less for slow ones. */
  readonly share?: number;
}

/** A row of the table of readers; what it reads is its own business. */
export function reader<T>(row: Reader<T>): Reader {
  return row as Reader;
}

/** What made a reader fail. */
export interface Crash {
  /** The smallest such input that was found, as JavaScript. */
  readonly input: string;
  readonly error: string;
}

export interface Course {
  readonly runs: number;
  readonly seed: number;
}

/**
 * Gives a reader so many inputs. Stops at the first one that it throws something else for than an error of ours, and then
 * looks for the smallest.
 *
 * @param before called with every input in front of the reader
 */
export async function tryReader(
  { inputs, read }: Reader,
  { runs, seed }: Course,
  before: (input: unknown) => unknown = () => {},
): Promise<Crash | undefined> {
  const property = fc.asyncProperty(inputs, async (input) => {
    if (before(input) === false) return;
    await readOne(read, input);
  });
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns: runs });
  if (!failed) return undefined;
  const error = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  return { input: fc.stringify(counterexample![0]), error };
}

/** Gives a reader one input; throws what is no error of ours. */
export async function readOne(read: Reader["read"], input: unknown): Promise<void> {
  try {
    await read(input);
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
  }
}

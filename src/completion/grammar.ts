import type { Known } from "../options/popt.js";

/** Something that could be typed, and what it means. */
export interface Choice {
  readonly value: string;
  readonly help?: string;
}

/** An option as completion sees it. */
export interface Shape extends Known {
  /** Without dashes. */
  readonly long: string;
  readonly short?: string;
  readonly help: string;
  /** Options of the same name exclude each other. Absent: it may be given again. */
  readonly once?: string;
  /** The usual values. */
  readonly values?: readonly string[];
}

/** What may follow a command. */
export interface Grammar {
  readonly options: readonly Shape[];
  /** The names of its operands, in their order; the last one may be repeated. */
  readonly operands: readonly string[];
}

/** What is offered: choices, or the names of files. */
export type Offer = readonly Choice[] | "files";

/** What has been typed before the word that is being completed. */
export interface Typed {
  /** The command's own name: `add-server`, `drain`. */
  readonly command: string;
  /** Options by their long names, with the last argument of each; the empty string for those without. */
  readonly given: ReadonlyMap<string, string>;
  readonly operands: number;
  /** The beginning of the word. */
  readonly word: string;
}

/** The values of an option or operand, by its name. */
export type Values = (name: string, typed: Typed) => Offer | undefined;

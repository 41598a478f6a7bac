import { UsageError } from "../errors.js";
import type { Daemon, Timeouts } from "./settings.js";
import type { Table } from "./table.js";

/** What a JSON document wants the kernel to look like. */
export interface Configuration {
  /**
   * Services and servers, as many and in the same order as in the document, so that `table[3].destinations[0]` is its
   * `services[3].destinations[0]`. Absent when the document says nothing about services.
   */
  readonly table?: Table;
  readonly timeouts?: Timeouts;
  readonly daemons?: readonly Daemon[];
}

/** One thing that is wrong with a document. */
export interface Mistake {
  /** Where: `services[3].destinations[0].weight`; empty for the document as a whole. */
  readonly path: string;
  /** What: `must be a whole number from 0 to 2147483647`. */
  readonly reason: string;
}

/** How many mistakes a message names. */
const NAMED = 20;

/** A JSON document that is not what it should be. Nothing of it was applied. */
export class DocumentError extends UsageError {
  /** @param mistakes all of them, at least one */
  constructor(readonly mistakes: readonly Mistake[]) {
    const lines = mistakes.slice(0, NAMED).map(({ path, reason }) => (path === "" ? reason : `${path}: ${reason}`));
    if (mistakes.length > NAMED) lines.push(`and ${mistakes.length - NAMED} more mistakes`);
    super(lines.join("\n"));
  }
}

/** Whether a text is meant as JSON and not as rules: no rule begins with a brace or a bracket. */
export function isDocument(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

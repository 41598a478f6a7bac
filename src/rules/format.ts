import type { Change } from "../model/change.js";
import { formatChange } from "../options/format.js";
import { pieces } from "../render/pieces.js";

/** A rule file, one change per line, each ended by a line feed, in pieces to be written one after the other. */
export function formatRules(changes: Iterable<Change>): readonly string[] {
  return pieces(lines(changes));
}

function* lines(changes: Iterable<Change>): Generator<string> {
  for (const change of changes) yield `${formatChange(change)}\n`;
}

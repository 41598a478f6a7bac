import { readKeepalived } from "../keepalived/read.js";
import type { TableEntry } from "../model/table.js";
import { compareTables } from "../rules/diff.js";

/** A section stands alone: it includes nothing. */
const NO_FILES = { read: () => "", list: () => [] };

/**
 * What speaks against a section: reading it gives another table than the one that it was written from. Whatever keepalived has no
 * words for shows so. Absent when all is well.
 */
export function refusal(section: string, entry: TableEntry): string | undefined {
  let reason: string | undefined;
  const note = ({ reason: text }: { readonly reason: string }) => {
    reason ??= text;
  };
  const read = readKeepalived(section, { path: "", files: NO_FILES, mistake: note, warn: note });
  if (reason !== undefined) return reason;
  const same = read?.table !== undefined && compareTables(read.table, [entry], { order: true }).length === 0;
  return same ? undefined : "it has no words for some of its values";
}

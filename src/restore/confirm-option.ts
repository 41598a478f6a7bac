import { UsageError } from "../errors.js";
import { parseNumber } from "../options/values.js";
import type { ApplyOptions } from "./restore.js";

/** A day; whoever waits longer has forgotten it. */
const LONGEST = 24 * 60 * 60;

/**
 * What `--confirm` says. Throws UsageError.
 *
 * @param text its value; absent: it was not given
 */
export function readConfirm(text: string | undefined, dryRun: boolean): Pick<ApplyOptions, "confirm"> {
  if (text === undefined) return {};
  if (dryRun) throw new UsageError("--confirm and --dry-run exclude each other");
  const confirm = parseNumber(text, 1, LONGEST);
  if (confirm === undefined) {
    throw new UsageError(`invalid confirm value \`${text}' specified: seconds, from 1 to ${LONGEST}`);
  }
  return { confirm };
}

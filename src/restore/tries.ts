import type { IpvsClient } from "../client/client.js";
import type { KernelError } from "../errors.js";
import type { Change } from "../model/change.js";
import type { LiveTable } from "../model/table.js";
import { diffTables } from "../rules/diff.js";

/** How often a difference is computed and sent before a table that keeps changing is given up. */
export const TRIES = 3;

/** Refusals that say that the kernel's state is no longer what the plan began with. ENOBUFS: the answer was lost. */
const OVERTAKEN: ReadonlySet<string> = new Set(["ESRCH", "EEXIST", "ENOENT", "ENOBUFS"]);

/** Whether a change was refused because another program was faster, so that a new plan can do better. */
export function isOvertaken({ kind }: Change, { code }: KernelError): boolean {
  // Of services it means that the kernel has no such scheduler or persistence engine.
  if (code === "ENOENT" && (kind === "add-service" || kind === "edit-service")) return false;
  return OVERTAKEN.has(code);
}

/** A pause is at most so many times as long as reading the table. */
const LONGEST_PAUSE = 12;

/** After so many pauses the other program is not waited for any longer: it may be one that never stops. */
const PAUSES = 20;

/**
 * Waits until another program has done with the table, and returns it as it is then. The pauses are of random length, so that of
 * two programs which wait for each other one begins first, and the other one sees that. There is no lock, since one that vanishes
 * with its holder (a socket without a file) could be taken and kept by any user of the host, and other programs would not ask.
 *
 * @param live the table as read just now
 * @param signal when aborted, waiting ends
 */
export async function settledTable(client: IpvsClient, live: LiveTable, signal?: AbortSignal): Promise<LiveTable> {
  /** How long reading takes, in milliseconds; the first time tells. */
  let reading = 0;
  for (let pause = 0; pause <= PAUSES && !signal?.aborted; pause++) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE * reading));
    const start = performance.now();
    const now = await client.rowTable();
    const settled = reading > 0 && diffTables(live, now).length === 0;
    reading = performance.now() - start;
    live = now;
    if (settled) break;
  }
  return live;
}

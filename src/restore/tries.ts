import type { KernelError } from "../errors.js";
import type { Change } from "../model/change.js";

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

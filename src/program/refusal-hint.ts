import type { IpvsClient } from "../client/client.js";
import type { KernelError } from "../errors.js";
import type { Change } from "../model/change.js";

/** Refusals whose reason can be another one than 1.31's words suggest. */
const WORTH_EXPLAINING: ReadonlySet<string> = new Set(["EINVAL", "ENOENT", "ERANGE", "ENODEV", "ENETUNREACH"]);

/**
 * What a refusal is about, as a line to print after 1.31's own; empty when nothing more is known. Only looks: at routes,
 * links, modules, and at what the kernel's IPVS holds.
 */
export async function refusalHint(change: Change, error: KernelError, client: IpvsClient): Promise<string> {
  if (!WORTH_EXPLAINING.has(error.code)) return "";
  const [{ explainRefusal }, { ThisHost }] = await Promise.all([
    import("./refusal-reason.js"),
    import("../host/this-host.js"),
  ]);
  const hint = await explainRefusal(change, error, new ThisHost(), await holding(change, client));
  return hint === undefined ? "" : `  ${hint}\n`;
}

/** Servers clash with sync daemons, and sync daemons with servers: the other side is what has to be looked at. */
async function holding(change: Change, client: IpvsClient) {
  try {
    if (change.kind === "start-daemon") return { table: await client.table() };
    return "server" in change ? { daemons: await client.daemons() } : {};
  } catch {
    return {};
  }
}

import type { KernelError } from "../errors.js";
import { requestOf } from "../wire/change.js";
import type { DrainClient, Target } from "./drain.js";
import type { WeightMemory } from "./memory.js";

/** What became of one server whose weight was to be put back. */
export type Restored = { readonly target: Target } & (
  | { readonly kind: "restored"; readonly weight: number }
  /** It has a weight again already. */
  | { readonly kind: "kept" }
  | { readonly kind: "unknown" }
  | { readonly kind: "refused"; readonly error: KernelError }
);

/** Puts the remembered weights back, but only where the weight is still 0, and forgets them. */
export async function restoreWeights(
  client: DrainClient,
  memory: WeightMemory,
  targets: readonly Target[],
): Promise<readonly Restored[]> {
  const results = targets.map((target): Restored => {
    if (target.server.weight > 0) return { target, kind: "kept" };
    const remembered = memory.recall(target.service, target.server);
    return remembered ? { target, kind: "restored", weight: remembered.weight } : { target, kind: "unknown" };
  });
  const edits = results.filter((result) => result.kind === "restored");
  const { refusals } = await client.batch(
    edits.map(({ target: { service, server }, weight }) =>
      requestOf({ kind: "edit-server", service, server: { ...server, weight } }),
    ),
  );
  const refused = new Map(refusals.map(({ index, error }) => [edits[index]!.target, error]));
  return results.map((result): Restored => {
    const error = refused.get(result.target);
    if (error) return { target: result.target, kind: "refused", error };
    if (result.kind !== "unknown") memory.forget(result.target.service, result.target.server);
    return result;
  });
}

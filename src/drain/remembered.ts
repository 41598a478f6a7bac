import type { IpvsClient } from "../client/client.js";
import { EXIT } from "../program/exit-status.js";
import type { Io } from "../program/io.js";
import { refusalText } from "../program/refusal-text.js";
import type { Target } from "./drain.js";
import type { Remembered, WeightMemory } from "./memory.js";
import { type Restored, restoreWeights } from "./restore.js";
import { targetText } from "./text.js";

/**
 * Puts remembered weights back and says what it did. Returns the exit status.
 *
 * @param named the user named these servers, so that it is a failure when nothing is remembered of one
 */
export async function putBack(
  client: IpvsClient,
  memory: WeightMemory,
  targets: readonly Target[],
  named: boolean,
  io: Io,
): Promise<number> {
  const chosen = named ? targets : drained(memory, targets).map(({ target }) => target);
  let status = 0;
  for (const result of await restoreWeights(client, memory, chosen)) {
    const { text, failure } = outcomeOf(result);
    (failure === 0 ? io.out : io.err)(`${targetText(result.target)}: ${text}\n`);
    status = Math.max(status, failure);
  }
  return status;
}

function outcomeOf(result: Restored): { readonly text: string; readonly failure: number } {
  switch (result.kind) {
    case "restored":
      return { text: `weight 0 -> ${result.weight}`, failure: 0 };
    case "kept":
      return { text: `has weight ${result.target.server.weight} already`, failure: 0 };
    case "unknown":
      return { text: "no weight is remembered; set one with ipvsadm set -w", failure: EXIT.notRemembered.status };
    case "refused":
      return { text: refusalText(result.error), failure: EXIT.refused.status };
  }
}

function drained(memory: WeightMemory, targets: readonly Target[]): (Remembered & { readonly target: Target })[] {
  return targets.flatMap((target) => {
    const remembered = target.server.weight === 0 ? memory.recall(target.service, target.server) : undefined;
    return remembered ? [{ ...remembered, target }] : [];
  });
}

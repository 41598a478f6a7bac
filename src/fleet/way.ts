import type { Io } from "../program/io.js";
import type { Director } from "../remote/director.js";
import { RemoteError } from "../remote/ssh.js";

/** How a director is changed, and changed back. Whatever fails rejects with RemoteError, whose message names the director. */
export interface Way {
  /** Makes the changes. They are verified afterwards by whoever asks for them. */
  make(): Promise<void>;
  /** The change stays. Resolves with words for that. */
  keep(): Promise<string>;
  /** The change goes back, also when making it has failed. Resolves with words for what became of it. */
  back(): Promise<string>;
  /** What was decided there meanwhile, without this command; absent: nothing, or it does not wait. */
  readonly decided: "kept" | "back" | undefined;
  /** Whether the director itself waits for a yes, and goes back without it. */
  readonly waits: boolean;
}

/** A director has refused all of its changes. */
export class NothingChanged extends RemoteError {}

/** Words for how it ended. */
export const KEPT = "the new table stays";
export const TAKEN_BACK = "taken back";

/** Prints what a director says, each line with its name. Never throws, as nothing may that stands between two directors. */
export function relay({ target }: Pick<Director, "target">, text: string, io: Io): void {
  for (const line of text.split("\n")) if (line !== "") io.err(`${target.name}: ${line}\n`);
}

import { readDirector } from "../../remote/director.js";
import { run } from "../../remote/ssh.js";
import { parseTarget, type Target } from "../../remote/target.js";
import { parseFacts } from "./document.js";
import type { Side } from "./side.js";

/** What a director is asked. 1.31, and versions of this program without it, call it a mistake and do nothing. */
const FACTS = "ipvsadm doctor --facts";

/**
 * The other side, asked by ssh: its facts, or what an ipvsadm without them tells. Throws UsageError, RemoteError, and DocumentError
 * for facts that are not what they should be.
 */
export async function askSide(name: string): Promise<Side> {
  const target = parseTarget(name);
  const { status, stdout, stderr } = await run(target, FACTS);
  return status === 0 ? parseFacts(stdout) : askOriginal(target, stderr);
}

async function askOriginal(target: Target, stderr: string): Promise<Side> {
  const { program, table, timeouts, daemons, writers } = await readDirector(target);
  const [said = ""] = stderr.trim().split("\n");
  const unread = program.ours ? [`ipvsadm doctor --facts failed there: ${said}`] : [];
  return {
    ...{ host: target.host, table, timeouts, daemons, unread },
    writers: writers.map(({ process }) => process),
    original: !program.ours,
  };
}

import { DecodeError } from "../errors.js";
import type { TableWriter } from "../host/table-writers.js";
import { identityIn, TELL_IDENTITY } from "./identity.js";
import { readOriginal } from "./original.js";
import { RemoteError, type RunOptions, run } from "./ssh.js";
import type { Target } from "./target.js";
import { readOurs, type Told } from "./told.js";
import { NAME_WRITERS, namedWriters } from "./writers.js";

/** What a director holds, as its own ipvsadm tells it. */
export interface Director extends Told {
  readonly target: Target;
  readonly program: FarProgram;
  /** Equal for the same director under two names; absent: it could not tell. */
  readonly identity?: string;
  /** Programs that run there and write the table, or may. */
  readonly writers: readonly TableWriter[];
}

/** The ipvsadm of a director. */
export interface FarProgram {
  /**
   * Whether it is this program, which tells everything. 1.31 does not tell the netmask of services that are not persistent, and
   * shows servers that are local to the director as routed ones; only other programs install such.
   */
  readonly ours: boolean;
}

/** Stands before what 1.31 tells. To whoever reads rules it is a comment. */
const ORIGINAL = "# ipvsadm 1.31\n";

/**
 * One connection for all of it. 1.31 has no single command, and refuses ours before it prints anything: its `-S` lacks thresholds and
 * the order of servers.
 */
const READ = [
  `${TELL_IDENTITY};${NAME_WRITERS};`,
  "ipvsadm -S --all --nosort 2>/dev/null||{ ",
  `echo "${ORIGINAL.trim()}";`,
  "ipvsadm -Sn&&ipvsadm -Ln --nosort --thresholds&&ipvsadm -L --timeout&&ipvsadm -L --daemon;}",
].join("");

/** How often a table that changes between two listings of 1.31 is read. */
const TRIES = 3;

/**
 * Reads services, servers, their order, timeouts and sync daemons of a director. Throws RemoteError when it cannot be reached, has no
 * ipvsadm or no IPVS, or tells what cannot be understood.
 */
export async function readDirector(target: Target, options?: RunOptions): Promise<Director> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const { status, stdout, stderr } = await run(target, READ, options);
    if (status !== 0) throw farError(target, status, stderr);
    const original = stdout.lastIndexOf(ORIGINAL);
    const ours = original < 0;
    const told = readTold(target, ours, stdout.slice(ours ? 0 : original));
    if (told !== undefined) {
      const identity = identityIn(stdout);
      return { target, program: { ours }, ...(identity && { identity }), writers: namedWriters(stdout), ...told };
    }
  }
  throw new RemoteError(`${target.name}: the table keeps changing while it is read`);
}

function readTold(target: Target, ours: boolean, text: string): Told | undefined {
  try {
    return ours ? readOurs(text) : readOriginal(text);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new RemoteError(`${target.name}: ${error.message}`);
  }
}

/** What shells return for a command that is not there, or cannot be executed. */
const MISSING: ReadonlySet<number> = new Set([126, 127]);

/** Why ipvsadm failed on a director, in its own words. */
export function farError(target: Target, status: number, stderr: string): RemoteError {
  const told = stderr.trim() || `ipvsadm ended with exit status ${status}`;
  return new RemoteError(`${target.name}: ${MISSING.has(status) ? "it has no ipvsadm: " : ""}${told}`);
}

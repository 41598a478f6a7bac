import type { Names } from "../names/names.js";
import { readFileOrInput } from "../program/file.js";
import type { Io } from "../program/io.js";
import { type KeepalivedFile, type MistakeSink, readWanted } from "../program/wanted-file.js";
import type { Wanted } from "../rules/wanted.js";
import { isTarget, parseTarget } from "./target.js";

/** What is needed to read a source of rules. */
export interface SourceContext {
  readonly io: Io;
  readonly names: Names;
  /** For messages. */
  readonly program: string;
  /** Absent: a keepalived.conf is refused. */
  readonly keepalived?: Pick<KeepalivedFile, "configId">;
}

/** For the help of whatever takes such a source. A paragraph. */
export const SOURCE_TEXT =
  "In the place of a file, ssh:HOST (ssh:USER@HOST, ssh:HOST:PORT, ssh:[IPV6]:PORT) is the table of another director, servers in its order, without timeouts and sync daemons: ssh runs ipvsadm there, this one or 1.31, and asks nothing, so keys, known hosts and jump hosts have to be in its configuration.";

/**
 * What a source wants: a file of rules or JSON, or a keepalived.conf, `-` for standard input, or `ssh:HOST` for the table of another director. Absent when
 * there was a mistake in a file.
 *
 * @param warn told of what may be a slip and is no mistake
 * @throws UsageError for what is no name of a director, RemoteError and InputError where nothing can be read
 */
export async function readSource(
  source: string,
  { io, names, program, keepalived }: SourceContext,
  report: MistakeSink,
  warn?: MistakeSink,
): Promise<Wanted | undefined> {
  if (!isTarget(source)) {
    const file = keepalived && { path: source, ...keepalived };
    return readWanted(readFileOrInput(source, io), names, program, report, warn, file);
  }
  const { readDirector } = await import("./director.js");
  const { table } = await readDirector(parseTarget(source));
  return { table, settings: [], emptyOnPurpose: false, origin: () => undefined };
}

import type { Names } from "../names/names.js";
import { readFileOrInput } from "../program/file.js";
import type { Io } from "../program/io.js";
import { type MistakeSink, readWanted } from "../program/wanted-file.js";
import type { Wanted } from "../rules/wanted.js";
import { isTarget, parseTarget } from "./target.js";

/** What is needed to read a source of rules. */
export interface SourceContext {
  readonly io: Io;
  readonly names: Names;
  /** For messages. */
  readonly program: string;
}

/** For the help of whatever takes such a source. A paragraph. */
export const SOURCE_TEXT =
  "In the place of a file, ssh:HOST (ssh:USER@HOST, ssh:HOST:PORT, ssh:[IPV6]:PORT) is the table of another director, servers in its order, without timeouts and sync daemons: ssh runs ipvsadm there, this one or 1.31, and asks nothing, so keys, known hosts and jump hosts have to be in its configuration.";

/**
 * What a source wants: a file of rules or JSON, `-` for standard input, or `ssh:HOST` for the table of another director. Absent when
 * there was a mistake in a file.
 *
 * @param warn told of what may be a slip and is no mistake
 * @throws UsageError for what is no name of a director, RemoteError and InputError where nothing can be read
 */
export async function readSource(
  source: string,
  { io, names, program }: SourceContext,
  report: MistakeSink,
  warn?: MistakeSink,
): Promise<Wanted | undefined> {
  if (!isTarget(source)) return readWanted(readFileOrInput(source, io), names, program, report, warn);
  const { readDirector } = await import("./director.js");
  const { table } = await readDirector(parseTarget(source));
  return { table, settings: [], emptyOnPurpose: false, origin: () => undefined };
}

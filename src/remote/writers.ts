import { TABLE_WRITERS, type TableWriter } from "../host/table-writers.js";

const WRITERS: readonly TableWriter[] = Object.values(TABLE_WRITERS);

/** Begins the lines that name programs which write the table; to whoever reads rules it is a comment. */
const MARK = "# runs ";

/** A part of a script: prints a line for each program that writes the table of its network namespace, or may. */
export const NAME_WRITERS = [
  "for p in /proc/[0-9]*;do read c <$p/comm||continue;case $c in ",
  ...WRITERS.map(({ process, link }) => {
    const made = link === undefined ? "" : `[ -e /sys/class/net/${link} ]&&`;
    return `${process})${made}[ "$(readlink $p/ns/net)" = "$(readlink /proc/self/ns/net)" ]&&echo "${MARK}$c";;`;
  }),
  "esac;done 2>/dev/null",
].join("");

/** The programs that such lines name. */
export function namedWriters(text: string): TableWriter[] {
  const named = new Set(Array.from(text.matchAll(/^# runs (.*)$/gm), ([, name]) => name));
  return WRITERS.filter(({ process }) => named.has(process));
}

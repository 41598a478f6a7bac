import { DecodeError, RuleError } from "../errors.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import type { Table } from "../model/table.js";
import { noNames } from "../names/names.js";
import { readRules } from "../rules/read.js";
import { wantedFrom } from "../rules/wanted.js";

/** What a director tells of itself. Servers are oldest first. */
export interface Told {
  readonly table: Table;
  readonly timeouts: Timeouts;
  readonly daemons: readonly Daemon[];
}

/**
 * Reads the rules that an ipvsadm wrote. Throws DecodeError with the first line that means nothing to us: a table of which a part
 * is left out would be compared, or restored, as if that part were not there.
 */
export function readSaved(text: string): { readonly table: Table; readonly daemons: readonly Daemon[] } {
  const wanted = wantedFrom(readRules(text, { names: noNames, program: "ipvsadm" }), (finding) => {
    if (!(finding instanceof RuleError)) return;
    throw new DecodeError(`\`${text.split("\n")[finding.line - 1]}' cannot be understood: ${finding.reason}`);
  });
  const daemons = wanted.settings.flatMap(({ change }) => (change.kind === "start-daemon" ? [change.daemon] : []));
  return { table: wanted.table ?? [], daemons };
}

/** What our `ipvsadm -S --all --nosort` wrote. Throws DecodeError. */
export function readOurs(text: string): Told {
  // By itself: the kernel may hold timeouts that `--set` refuses.
  const set = /^--set (\d+) (\d+) (\d+)\n/m;
  const timeouts = timeoutsOf(set.exec(text));
  return { ...readSaved(text.replace(set, "\n")), timeouts };
}

/** Three numbers that an expression has found. Throws DecodeError when it has found nothing. */
export function timeoutsOf(found: RegExpExecArray | null): Timeouts {
  if (found === null) throw new DecodeError("the timeouts are missing");
  const [tcp, tcpFin, udp] = found.slice(1).map((digits) => numberOf(digits, 0x7fffffff));
  return { tcp: tcp!, tcpFin: tcpFin!, udp: udp! };
}

/** A number in digits that the kernel can hold. Throws DecodeError for others. */
export function numberOf(digits: string, largest: number): number {
  const number = Number(digits);
  if (number > largest) throw new DecodeError(`${digits} is too large`);
  return number;
}

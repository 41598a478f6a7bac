import type { Outcome } from "./harness/shell.js";

interface Difference {
  readonly reason: string;
  /** Tells the difference without knowing the case, for random commands. */
  readonly recognise?: (original: Outcome, ours: Outcome) => boolean;
}

const all = <Id extends string>(table: Record<Id, Difference>): Readonly<Record<Id, Difference>> => table;

/** Where ipvsadm 1.31 is not followed, on purpose. Every case that differs names one of these; README lists the same. */
export const differences = all({
  help: { reason: "the help text is our own" },
  version: { reason: "-v names our own version after 1.31's" },
  "no-privilege-needed": { reason: "-h and -v need neither root nor a kernel with IPVS" },
  "save-thresholds": {
    reason: "1.31 loses -x and -y when it saves",
    recognise: (original, ours) =>
      ours.stderr === "" && ours.status === 0 && ours.stdout.replaceAll(/ -[xy] \d+/g, "") === original.stdout,
  },
  "refusal-hints": {
    reason: "after 1.31's own line, one more says what the kernel's refusal is about",
    recognise: (original, ours) =>
      ours.stdout === original.stdout &&
      ours.status === original.status &&
      original.stderr !== "" &&
      ours.stderr.startsWith(original.stderr) &&
      /^ {2}[^ \n][^\n]*\n$/.test(ours.stderr.slice(original.stderr.length)),
  },
  "save-numbers": { reason: "names in saved rules may not come back, or come back as another address" },
  "save-netmask": { reason: "1.31 loses the netmask of services that are not persistent when it saves" },
  "fwmark-unsigned": { reason: "1.31 prints marks from 2^31 on as negative numbers, which it does not read" },
  "numeric-order": { reason: "1.31 sorts by 32-bit differences: 128.0.0.1 before 1.0.0.1, ff02::1 before ::1" },
  "unnamed-flags": {
    reason: "1.31 prints flags that a scheduler has no name for as nothing: () and -b without a value",
  },
  comments: { reason: "rule files may hold comments" },
  "rule-lines": {
    reason: "a mistake in rules names its line and changes nothing; a refusal names its line and is not forgotten",
  },
  "bracketed-port": { reason: "1.31 silently drops the port of [1.2.3.4]:8080" },
  "prefix-netmask": { reason: "1.31 takes -M 24 for the mask 0.0.0.24" },
  "wrapped-numbers": { reason: "1.31 takes the netmask 4294967360 for 64" },
  "list-filters": {
    reason: "-L finds a real server in all services with -r",
    recognise: (original) => original.stderr === "Illegal 'real-server' option with the 'list' command\n",
  },
  "zero-any": { reason: "1.31 takes -Z -t 0.0.0.0:0 for all services" },
  "no-crash": { reason: "1.31 crashes on -b , and on odd tunnel flags" },
  "long-flags": { reason: "1.31 cuts -b after 127 bytes, in the middle of a flag" },
  "long-connections": { reason: "1.31 cuts lines of ip_vs_conn at 255 bytes and invents entries from the rest" },
  "write-errors": { reason: "1.31 exits 0 when its output could not be written" },
  "last-line": { reason: "1.31 drops a last line that ends in two blanks and no newline" },
  "restore-empty": { reason: "1.31 empties the table when its input is empty by accident" },
  "program-name": { reason: "a script for node is not told how its name was typed" },
  "silent-failures": { reason: "1.31 fails without a message" },
});

export type DifferenceId = keyof typeof differences;

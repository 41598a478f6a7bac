import type { Rule } from "./harness/explain.js";
import * as rules from "./rules.js";

interface Difference {
  readonly reason: string;
  /** A part of what the README says of it, in the first column of its table. */
  readonly readme: string;
  /** Tells the difference without knowing the case; where random commands never meet it, why. */
  readonly rule: Rule | { readonly never: string };
}

const all = <Id extends string>(table: Record<Id, Difference>): Readonly<Record<Id, Difference>> => table;

/** Random commands give -R and ipvsadm-restore no input. */
const RULE_FILES = { never: "only rule files have it" };
const CRASH = { never: "where 1.31 crashes there is nothing to compare with" };

/** Where ipvsadm 1.31 is not followed, on purpose. Every case that differs names one of these; README lists the same. */
export const differences = all({
  help: {
    reason: "the help text is our own",
    readme: "the help text is our own",
    rule: { recognise: rules.ownHelp },
  },
  version: {
    reason: "-v names our own version after 1.31's",
    readme: "names our version",
    rule: { recognise: rules.ownVersion },
  },
  "no-privilege-needed": {
    reason: "-h and -v need neither root nor a kernel with IPVS",
    readme: "work without root and without IPVS",
    rule: { never: "random commands run as root on a kernel with IPVS" },
  },
  "save-numbers": {
    reason: "names in saved rules may not come back, or come back as another address",
    readme: "always write numbers",
    rule: { instead: rules.saveWithNumbers },
  },
  "save-thresholds": {
    reason: "1.31 loses -x and -y when it saves",
    readme: "`-S` writes `-x` and `-y`",
    rule: { asOriginal: rules.withoutThresholds },
  },
  "save-netmask": {
    reason: "1.31 loses the netmask of services that are not persistent when it saves",
    readme: "`-S` writes `-M`",
    rule: { asOriginal: rules.withoutNetmask },
  },
  "save-raw": {
    reason: "1.31 saves as something else what it has no words for",
    readme: "`-S` adds `--raw`",
    rule: { never: "only other programs install what 1.31 has no words for" },
  },
  "fwmark-unsigned": {
    reason: "1.31 prints marks from 2^31 on as negative numbers, which it does not read",
    readme: "firewall marks are printed unsigned",
    rule: { asOriginal: rules.signedMarks },
  },
  "unnamed-flags": {
    reason: "1.31 prints flags that a scheduler has no name for as nothing: () and -b without a value",
    readme: "scheduler flags without a name",
    rule: { asOriginal: rules.withoutUnnamedFlags },
  },
  "numeric-order": {
    reason: "1.31 sorts by 32-bit differences: 128.0.0.1 before 1.0.0.1, ff02::1 before ::1",
    readme: "sorting is numeric and total",
    rule: { asOriginal: rules.inTheOtherOrder },
  },
  "refusal-hints": {
    reason: "after 1.31's own line, one more says what the kernel's refusal is about",
    readme: "refusals by the kernel are followed by a line",
    rule: { asOriginal: rules.withoutHint },
  },
  "dash-hints": {
    reason: "a word that begins with a dash that is not a hyphen is named after 1.31's own line",
    readme: "words that begin with a dash that is no",
    rule: { never: "random commands are typed with hyphens" },
  },
  "save-nosort": {
    reason: "-S --nosort writes services and servers in the order in which they were added",
    readme: "`-S` takes `--nosort`",
    rule: { recognise: rules.unsortedSave },
  },
  "control-characters": {
    reason: "control characters that others wrote are escaped, so that they cannot steer the terminal",
    readme: "control characters in what others wrote",
    rule: { recognise: rules.escapedControls },
  },
  "list-filters": {
    reason: "-L finds a real server in all services with -r",
    readme: "`-L` takes `-r`",
    rule: { recognise: rules.filteredListing },
  },
  "bracketed-port": {
    reason: "1.31 silently drops the port of [1.2.3.4]:8080",
    readme: "keeps its port",
    rule: { instead: rules.withoutBrackets },
  },
  "bracketed-colon": {
    reason: "1.31 takes [1.2.3.4]: without a port",
    readme: "`[1.2.3.4]:` without a port",
    rule: { instead: rules.withoutBrackets },
  },
  "prefix-netmask": {
    reason: "1.31 takes -M 24 for the mask 0.0.0.24",
    readme: "`-M 24` is a prefix length",
    rule: { instead: rules.dottedNetmask },
  },
  "wrapped-numbers": {
    reason: "1.31 takes the netmask 4294967360 for 64",
    readme: "`-M 4294967360`",
    rule: { instead: rules.impossibleNetmask },
  },
  "zero-any": {
    reason: "1.31 takes -Z -t 0.0.0.0:0 for all services",
    readme: "`-Z -t 0.0.0.0:0` means that service",
    rule: { recognise: rules.wildCardZeroed },
  },
  "long-flags": {
    reason: "1.31 cuts -b after 127 bytes, in the middle of a flag",
    readme: "long lists of flags",
    rule: { instead: rules.eachFlagOnce },
  },
  "no-crash": { reason: "1.31 crashes on -b ,", readme: "`-b ,`", rule: CRASH },
  "unnamed-tunnels": {
    reason: "1.31 prints (null) for forwarding methods and tunnel flags without a name, or crashes",
    readme: "forwarding methods and tunnel flags without a name",
    rule: CRASH,
  },
  comments: { reason: "rule files may hold comments", readme: "rule files may hold comments", rule: RULE_FILES },
  "last-line": {
    reason: "1.31 drops a last line that ends in two blanks and no newline",
    readme: "a last line without a line end",
    rule: RULE_FILES,
  },
  "rule-lines": {
    reason: "a mistake in rules names its line and changes nothing; a refusal names its line",
    readme: "in rule files, a",
    rule: RULE_FILES,
  },
  "impossible-names": {
    reason: "1.31 sends names of schedulers and engines that no kernel can hold",
    readme: "names of schedulers and persistence engines",
    rule: RULE_FILES,
  },
  "refused-lines": {
    reason: "1.31's -R ends with the status of the last line, ours tells whether something that was refused is missing",
    readme: "`-R` fails (255)",
    rule: RULE_FILES,
  },
  "restore-in-restore": {
    reason: "1.31 prints a hint at its help for -R within the input of -R",
    readme: "`-R` within the input of `-R`",
    rule: RULE_FILES,
  },
  "restore-difference": {
    reason: "1.31 flushes first, and forgets which lines contradict each other",
    readme: "`ipvsadm-restore`",
    rule: RULE_FILES,
  },
  "restore-empty": {
    reason: "1.31 empties the table when its input is empty by accident",
    readme: "refuses empty input",
    rule: RULE_FILES,
  },
  "wide-counters": {
    reason: "1.31 cuts counters of servers to 32 bits",
    readme: "counters of servers are 64 bits wide",
    rule: { never: "no traffic flows between random commands" },
  },
  "long-connections": {
    reason: "1.31 cuts lines of ip_vs_conn at 255 bytes and invents entries from the rest",
    readme: "long lines of `/proc/net/ip_vs_conn`",
    rule: { never: "no traffic flows between random commands" },
  },
  "daemon-stops": {
    reason: "1.31 waits for ever when the kernel forgets to answer",
    readme: "stopping a sync daemon",
    rule: { never: "random commands start none" },
  },
  names: {
    reason: "1.31 looks up names one by one",
    readme: "names and addresses of hosts are looked up all at once",
    rule: { never: "the names of the tests are in their hosts file" },
  },
  "unreadable-input": {
    reason: "1.31 takes standard input that cannot be read for empty",
    readme: "standard input that cannot be read",
    rule: { never: "random commands have an empty standard input" },
  },
  "write-errors": {
    reason: "1.31 exits 0 when its output could not be written",
    readme: "output that cannot be written",
    rule: { never: "the output of random commands is kept in files" },
  },
  "silent-failures": {
    reason: "1.31 fails without a message",
    readme: "say why they failed",
    rule: { never: "the kernel of the tests answers root" },
  },
  "socket-faults": {
    reason: "1.31 calls faults of the socket an invalid operation",
    readme: "faults of the socket",
    rule: { never: "the socket of the tests has none" },
  },
  "wide-weights": {
    reason: "Debian's 1.31 knows them too",
    readme: "`-w` goes up to",
    rule: { never: "the 1.31 of the tests is Debian's" },
  },
  "program-name": {
    reason: "a script for node is not told how its name was typed",
    readme: "messages name the program",
    rule: { never: "random commands call it by its name" },
  },
  guesses: {
    reason: "1.31 only says that there is no such option",
    readme: "a guess of what was meant",
    rule: { never: "only a terminal gets them" },
  },
  subcommands: {
    reason: "words without a command are a mistake in 1.31",
    readme: "subcommands (`ipvsadm diff`",
    rule: { never: "random commands use none of their names" },
  },
  colours: {
    reason: "what takes no connections is coloured on a terminal",
    readme: "on a terminal, `-L` colours servers",
    rule: { never: "programs that are compared write into files" },
  },
  confirmation: {
    reason: "a restore can be taken back, and two may not undo each other",
    readme: "`ipvsadm-restore` takes `--confirm SECONDS`",
    rule: { never: "random commands give --confirm no value, and no change waits" },
  },
});

export type DifferenceId = keyof typeof differences;

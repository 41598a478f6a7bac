import type { Example } from "./commands.js";

/** An option of a program that is no table of its own. */
export interface ProgramOption {
  readonly spellings: readonly string[];
  /** What its value is called; absent: it takes none. */
  readonly argument?: string;
  readonly help: string;
}

/** What the manual says of a program besides ipvsadm. */
export interface Program {
  readonly name: string;
  readonly summary: string;
  readonly synopsis: string;
  readonly options: readonly ProgramOption[];
  /** Paragraphs. */
  readonly text: readonly string[];
  readonly examples: readonly Example[];
}

/** What becomes of the order of servers: of `ipvsadm-restore` and `ipvsadm apply`. Paragraphs. */
export const ORDER_TEXT: readonly string[] = [
  "The schedulers sh, dh and mh fill a table by walking the list of servers, so its order decides which client gets which server. In an empty table the input makes the order; else servers that are there keep their places and new ones come last. Services in another order than the input's are named, which does not change the exit status. With --order the fewest servers are moved: one after the other is deleted and added again within one message to the kernel.",
  "A server that moves comes back from the kernel's trash with its connections, counters, weight and thresholds. Packets for it that arrive in the moment between deletion and addition are dropped, and TCP sends them again. New connections go where the new order sends them. With net.ipv4.vs.expire_nodest_conn=1 the kernel ends connections whose server it finds gone in that moment: set it to 0 while servers move.",
];

/** The line of `--confirm`. */
export const CONFIRM_HELP = "go back after so long unless `ipvsadm confirm` says yes";

/** What `--confirm` does, and what is kept without it. Paragraphs. */
export const CONFIRM_TEXT: readonly string[] = [
  "With --confirm the change goes back by itself unless you confirm it within the time: on a terminal by answering y, else, or from another shell, by ipvsadm confirm. The answer n, Ctrl-C and ipvsadm revert go back at once. Another process counts down, in a session of its own: neither a lost connection nor a closed terminal nor the end of this command stops it. When it is ended by SIGTERM, as at the end of a session, it goes back at once. While a change waits, apply and ipvsadm-restore are refused.",
  "What another program changes in the meantime stays as it is and is named. Counters that were zeroed (-Z) do not come back.",
];

/** The programs that save and restore. */
export const PROGRAMS: readonly Program[] = [
  {
    name: "ipvsadm-save",
    summary: "save the IPVS table",
    synopsis: "[-n] [--all] [--nosort] [--json]",
    options: [
      { spellings: ["-n"], help: "numbers instead of names, which is what is written in any case" },
      { spellings: ["--all"], help: "timeouts and sync daemons too" },
      { spellings: ["--nosort"], help: "not sorted, but services and servers in the order in which they were added" },
      { spellings: ["-j", "--json"], help: "JSON instead of rules" },
    ],
    text: [
      "Writes the IPVS table to standard output: one command of ipvsadm(8) a line, services before their servers, in the order of listings. Addresses and ports are numbers. It is the same as ipvsadm -S.",
      "With the schedulers sh, dh and mh the order of the servers decides which client gets which server. With --nosort the file carries it: restored into an empty table, it gives the same order.",
    ],
    examples: [{ line: "ipvsadm-save --all > /etc/ipvsadm.rules", means: "everything that can be restored" }],
  },
  {
    name: "ipvsadm-restore",
    summary: "make the IPVS table equal to rules",
    synopsis: "[--dry-run | --confirm SECONDS] [--allow-empty] [--order]",
    options: [
      { spellings: ["--dry-run"], help: "print the changes instead of making them" },
      { spellings: ["--confirm"], argument: "SECONDS", help: CONFIRM_HELP },
      { spellings: ["--allow-empty"], help: "let input without any service empty the table" },
      { spellings: ["--order"], help: "move servers of sh, dh and mh services into the order of the rules" },
      { spellings: ["-n"], help: "no effect" },
      { spellings: ["-h", "--help"], help: "help in short" },
    ],
    text: [
      "Makes the IPVS table equal to the rules on standard input, as ipvsadm-save(8) writes them, or to its JSON. It is the same as ipvsadm apply -.",
      "The whole input is read and checked first: a mistake names its line and changes nothing. A line that says what an earlier one has said gets a warning. Then only what differs is changed: new services with their servers first, edits next, deletions last, so that a service that is there before and after never loses a server that it keeps, nor connections and counters. Afterwards the table is read back; if another program has changed it meanwhile, what differs is changed again, three times at most. Of two restores at once, the last one to change something leaves the table as it wants it, or fails.",
      ...CONFIRM_TEXT,
      ...ORDER_TEXT,
      "Interrupted, it finishes the messages under way and says what is done and what is not; the same command finishes the work.",
    ],
    examples: [
      { line: "ipvsadm-restore --dry-run < /etc/ipvsadm.rules", means: "what would be changed" },
      { line: "ipvsadm-restore < /etc/ipvsadm.rules", means: "change it" },
    ],
  },
];

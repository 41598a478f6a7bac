import { own } from "../model/own.js";

/** An exit status and what it means. */
export interface ExitStatus {
  readonly status: number;
  /** How manual pages write it where it stands for several. */
  readonly shown?: string;
  /** What it means, by program and by subcommand of `ipvsadm`. */
  readonly means: Readonly<Record<string, string>>;
}

/**
 * Every exit status of the programs. The numbers are those of ipvsadm 1.31 where it has the case; manual pages and the help of
 * subcommands print the meanings.
 */
export const EXIT = {
  success: {
    status: 0,
    means: {
      ipvsadm: "success",
      "ipvsadm-save": "the table was written",
      "ipvsadm-restore": "the table is as the rules want it",
      check: "no mistake",
      diff: "nothing differs",
      export: "all of it is written",
      doctor: "nothing wrong",
      drain: "drained",
      where: "the server of every client is known",
      monitor: "--count changes were printed, or the condition of --until holds",
      confirm: "confirmed",
      revert: "the change is taken back",
    },
  },
  listingFailed: {
    status: 1,
    means: {
      ipvsadm: "a listing failed, or standard output could not be written",
      "ipvsadm-save": "standard output could not be written",
    },
  },
  /** Of `ipvsadm-save`, whose original is a shell script. */
  saveUsage: { status: 1, means: { "ipvsadm-save": "an option that does not exist" } },
  different: { status: 1, means: { diff: "something differs" } },
  incomplete: { status: 1, means: { export: "the language has no words for some of it, which standard error names" } },
  findings: { status: 1, means: { doctor: "something is wrong" } },
  stillDifferent: {
    status: 1,
    means: {
      "ipvsadm-restore": "another program keeps changing the table; what still differs is printed",
      apply: "another program keeps changing the table",
      revert: "another program keeps changing the table",
    },
  },
  unfinished: {
    status: 1,
    means: { apply: "--to: a director failed; what is said tells which ones are changed" },
  },
  notDrained: {
    status: 1,
    means: { drain: "not drained: the time was up, or another program gave the server weight again" },
  },
  /** Where a client goes. */
  nowhere: { status: 1, means: { where: "a client gets no server, or it cannot be known" } },
  /** A weight that is to be put back is not known. */
  notRemembered: { status: 1, means: { "drain --restore-weight": "no weight is remembered of a server" } },
  nothingKept: {
    status: 1,
    means: {
      confirm: "no change waits for it, or it goes back already",
      revert: "there is no change to take back",
    },
  },
  usage: {
    status: 2,
    means: {
      ipvsadm:
        "a mistake in the command line or in rules, of which nothing was carried out; or the kernel has no IPVS, or only root may ask it",
      "ipvsadm-save": "the kernel has no IPVS, or only root may ask it",
      "ipvsadm-restore":
        "a mistake in the rules or options, or another change waits for its confirmation, nothing was changed; or the kernel has no IPVS, or only root may ask it",
      apply: "--to: a director does not answer, or its plan was refused; nothing was changed on any",
      check: "mistakes or trouble",
      diff: "trouble",
      export: "mistakes in the file, or trouble",
      doctor: "trouble",
      drain: "a mistake in the options",
      where: "a mistake in the options or the file, or trouble",
      monitor: "a mistake in the options, or trouble",
      confirm: "trouble",
      revert: "trouble, such as a picture that cannot be read; nothing was changed",
    },
  },
  wentBack: {
    status: 3,
    means: {
      "ipvsadm-restore": "--confirm: nobody confirmed it, and the change was taken back",
      apply: "--confirm: nobody confirmed it, and the change was taken back",
    },
  },
  interrupted: {
    status: 128,
    shown: "130, 143",
    means: {
      ipvsadm: "interrupted by SIGINT, SIGTERM",
      "ipvsadm-restore": "interrupted by SIGINT, SIGTERM",
      drain: "interrupted",
      monitor: "interrupted",
    },
  },
  /** What a shell reports for a program that SIGPIPE ended. */
  closedPipe: { status: 141, means: { ipvsadm: "the reader of standard output has gone" } },
  refused: {
    status: 255,
    means: {
      ipvsadm:
        "the kernel refused a change (-R: and what it was for is missing at the end); or an option does not exist or lacks its argument",
      "ipvsadm-restore": "the kernel refused some changes; all others were made",
      drain: "refused by the kernel",
      where: "there is no such service",
      revert: "the kernel refused some changes; all others were made",
    },
  },
} as const satisfies Readonly<Record<string, ExitStatus>>;

/** What the statuses of one program or subcommand mean, in their order: `["2", "trouble"]`. */
export function exitMeanings(name: string): [status: string, meaning: string][] {
  return meaningsOf(({ means }) => [own(means, name)].filter((meaning) => meaning !== undefined));
}

/** The same for `ipvsadm` as a whole: what its subcommands add has their names before it. */
export function allExitMeanings(): [status: string, meaning: string][] {
  return meaningsOf(({ means }) => {
    if (means.ipvsadm !== undefined) return [means.ipvsadm];
    const own = Object.entries(means).filter(([name]) => !name.startsWith("ipvsadm-"));
    return own.map(([name, meaning]) => `\`${name}\`: ${meaning}`);
  });
}

function meaningsOf(read: (row: ExitStatus) => readonly string[]): [status: string, meaning: string][] {
  const meanings = new Map<string, string[]>();
  for (const row of Object.values(EXIT)) {
    const shown = "shown" in row ? row.shown : String(row.status);
    meanings.set(shown, [...(meanings.get(shown) ?? []), ...read(row)]);
  }
  return Array.from(meanings, ([status, parts]): [string, string] => [status, parts.join("; ")]).filter(
    ([, meaning]) => meaning !== "",
  );
}

/** The line of a subcommand's help: `Exit status: 0 nothing differs; 1 something differs; 2 trouble.` */
export function exitStatusHelp(name: string): string {
  return `Exit status: ${exitMeanings(name)
    .map(([status, meaning]) => `${status} ${meaning}`)
    .join("; ")}.`;
}

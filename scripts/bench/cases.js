// What is measured on a table of rules, and how many times faster than 1.31 it should be.

/**
 * @typedef {object} Case
 * @property {string} title
 * @property {string} program ours and 1.31's have the same name
 * @property {string[]} args
 * @property {"full" | "changed"} [input] the rules on its standard input: the table, or the table with changes
 * @property {boolean} [onTable] the kernel holds the table before
 * @property {boolean} [compared] both have to print the same
 * @property {(servers: number) => number} target by the number of servers in a service
 */

/** @type {Readonly<Record<string, Case>>} */
export const TABLE_CASES = {
  R: {
    title: "-R into an empty table",
    program: "ipvsadm",
    args: ["-R"],
    input: "full",
    target: () => 12,
  },
  same: {
    title: "restore, nothing changed",
    program: "ipvsadm-restore",
    args: [],
    input: "full",
    onTable: true,
    target: () => 12,
  },
  changed: {
    title: "restore, 1 % changed",
    program: "ipvsadm-restore",
    args: [],
    input: "changed",
    onTable: true,
    target: () => 10,
  },
  Sn: {
    title: "-Sn",
    program: "ipvsadm",
    args: ["-Sn"],
    onTable: true,
    compared: true,
    target: reading,
  },
  Ln: {
    title: "-Ln",
    program: "ipvsadm",
    args: ["-Ln"],
    onTable: true,
    compared: true,
    target: reading,
  },
};

/** The kernel gives servers only one service at a time, so most is won where services are small. */
function reading(servers) {
  return servers <= 5 ? 1.8 : 1.2;
}

/** The cases that are not about a table of rules. */
export const OTHER_CASES = {
  Lnc: { title: "-Lnc of connections" },
  "per-rule": { title: "cost of a rule in a tenfold -R" },
};

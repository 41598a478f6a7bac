// Running programs on the kernel and comparing what they cost and print.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ROOT } from "../setup.js";
import { Namespace } from "./namespace.js";

/** As in tests: measures the executable instead of the programs of bin/. */
const EXECUTABLE = process.env.IPVSADM_EXECUTABLE;

/** How a program of either is called. */
export const PROGRAMS = {
  ours: (name) =>
    EXECUTABLE ? [join(dirname(resolve(EXECUTABLE)), name)] : [process.execPath, `${ROOT}bin/${name}.js`],
  original: (name) => [`/usr/sbin/${name}`],
};

/** A run that took so many seconds is not repeated. */
const LONG = 10;

/**
 * The run of median time out of up to `runs`.
 *
 * @param {number} runs
 * @param {() => { seconds: number, megabytes: number }} run
 */
export function median(runs, run) {
  const costs = [];
  do costs.push(run());
  while (costs.length < runs && costs[0].seconds < LONG);
  return costs.sort((a, b) => a.seconds - b.seconds)[(costs.length - 1) >> 1];
}

/** Calls `use` with a fresh namespace. */
export function inNamespace(use) {
  const namespace = new Namespace();
  try {
    return use(namespace);
  } finally {
    namespace.remove();
  }
}

/** Has the kernel read the programs: the first to run would wait for the disk. */
export function warmUp() {
  inNamespace((namespace) => {
    for (const command of Object.values(PROGRAMS)) namespace.run([...command("ipvsadm"), "-Ln"]);
  });
}

/** What `ipvsadm -R` of ours costs on an empty table. */
export function restoreCost(runs, file) {
  return median(runs, () =>
    inNamespace((namespace) => namespace.measure([...PROGRAMS.ours("ipvsadm"), "-R"], { input: file })),
  );
}

/** A case of a table, with both programs, each run in a fresh namespace. */
export function compareOnTable({ program, args, input, onTable, compared }, files, runs) {
  const printed = {};
  const costs = {};
  for (const [whose, command] of Object.entries(PROGRAMS)) {
    costs[whose] = median(runs, () =>
      inNamespace((namespace) => {
        if (onTable) namespace.run([...PROGRAMS.ours("ipvsadm"), "-R"], { input: files.full });
        const output = namespace.file("output");
        const cost = namespace.measure([...command(program), ...args], { input: files[input], output });
        printed[whose] = readFileSync(output, "latin1");
        return cost;
      }),
    );
  }
  return { ...costs, same: !compared || (printed.ours === printed.original && printed.ours !== "") };
}

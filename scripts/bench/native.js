// What programs take in user space at native speed, in CPU time: ipvsadm 1.31 and ours on a kernel that is only played.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { makeExecutable } from "../executable/make.js";
import { ROOT } from "../setup.js";
import { cpuTime, inTurn, median } from "../startup/cpu.js";
import { playedKernel } from "../startup/played.js";
import { withOtherWeights } from "./rules.js";

const ORIGINAL = "/usr/sbin/";

/**
 * Command lines, what 1.31 is measured with where it lacks them, and the most that we may take, as a multiple of it: on Node.js, as
 * executable. `rules`: which rules are its standard input, those of the table or with other weights for one server in a hundred.
 */
const CASES = [
  { program: "ipvsadm", args: ["-Sn"], most: [2, 1] },
  { program: "ipvsadm", args: ["-Ln"], most: [2, 1] },
  { program: "ipvsadm", args: ["-Ln", "--stats"], most: [2.5, 1.2] },
  { program: "ipvsadm", args: ["-Ln", "--json"], original: ["-Ln", "--stats"], most: [5, 2.5] },
  { program: "ipvsadm", args: ["-S", "--json"], original: ["-Ln", "--stats"], most: [5, 2.5] },
  { program: "ipvsadm", args: ["-R"], rules: "full", most: [0.45, 0.3] },
  { program: "ipvsadm-restore", args: [], original: ["-R"], rules: "full", most: [0.6, 0.45] },
  { program: "ipvsadm-restore", args: [], original: ["-R"], rules: "changed", most: [0.6, 0.45] },
];

/** What must not cost more for each line the more there are: commands, and services with four servers each. */
const FLAT = [
  { program: "ipvsadm", args: ["-R"], rules: "full" },
  { program: "ipvsadm", args: ["-Sn"] },
];
const FLAT_SERVICES = [200, 2000, 20_000];
const LINES_OF_SERVICE = 5;

const LISTING_CONNECTIONS = { program: "ipvsadm", args: ["-Lnc"], most: [1.5, 1] };

/** Gives a program another list of connections, the first argument; it finds its own sockets where it looks for them. */
const WITH_CONNECTIONS = `
  mount -t tmpfs none /proc/$$/net && cd /proc/$$/net && touch ip_vs_conn netlink &&
    mount --bind "$1" ip_vs_conn && mount --bind /proc/$$/task/$$/net/netlink netlink && shift && exec "$@"`;

/**
 * Measures every case on tables of each size, and the listing of connections; prints a table, or JSON.
 *
 * @param {{ sizes: { services: number, servers: number }[], connections: number, runs: number, directory: string, json: boolean }} job
 */
export function measureNatively({ sizes, connections, runs, directory, json }) {
  const executable = join(directory, "executable");
  makeExecutable(executable);
  const programs = {
    1.31: (name) => [ORIGINAL + name],
    node: (name) => [process.execPath, `${ROOT}bin/${name}.js`],
    executable: (name) => [join(executable, name)],
  };
  const { meter, env: envOf } = playedKernel(directory);
  const measure = ({ program, args, original, rules, most }, env, files = {}, before = []) => {
    const lines = Object.entries(programs).map(([name, words]) => [
      ...before,
      ...(name === "1.31" && original ? [...words("ipvsadm"), ...original] : [...words(program), ...args]),
    ]);
    const input = rules ? ["<", files[rules]] : [];
    const seconds = inTurn(
      runs,
      lines.map((argv) => () => cpuTime(meter, [...input, ...argv], env)),
    ).map((each) => median(each) / 1000);
    const same = original || rules || lines.every((argv) => outputOf(argv, env).equals(outputOf(lines[0], env)));
    const command = [program, ...args, ...(rules === "changed" ? ["(1 % changed)"] : [])].join(" ");
    return { command, seconds, most, same };
  };
  const rows = sizes.flatMap(({ services, servers }) => {
    const env = envOf(services, servers);
    const files = rulesOf(env, join(directory, `native-${services}x${servers}`));
    return CASES.map((each) => ({ of: `${services} x ${servers}`, ...measure(each, env, files) }));
  });
  const list = join(directory, "connections");
  writeFileSync(list, connectionLines(connections));
  const before = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", WITH_CONNECTIONS, "sh", list];
  rows.push({ of: String(connections), ...measure(LISTING_CONNECTIONS, envOf(1, 1), {}, before) });
  const flat = FLAT.flatMap((each) =>
    FLAT_SERVICES.map((services) => {
      const env = envOf(services, LINES_OF_SERVICE - 1);
      return {
        lines: LINES_OF_SERVICE * services,
        ...measure(each, env, rulesOf(env, join(directory, `native-${services}`))),
      };
    }),
  );
  const versions = { node: process.version, cpu: cpus()[0].model, load: loadavg()[0], date: new Date().toISOString() };
  if (json) console.log(JSON.stringify({ ...versions, runs, rows, flat }, undefined, 2));
  else {
    print(rows, versions, runs);
    printFlat(flat);
  }
  if ([...rows, ...flat].some(({ same }) => !same)) process.exitCode = 1;
}

/** Writes the rules of a table into files, as they are and with other weights. */
function rulesOf(env, path) {
  const lines = outputOf([`${ORIGINAL}ipvsadm`, "-Sn"], env)
    .toString()
    .trimEnd()
    .split("\n");
  const files = { full: path, changed: `${path}-changed` };
  writeFileSync(files.full, `${lines.join("\n")}\n`);
  writeFileSync(files.changed, `${withOtherWeights(lines, 0.01).join("\n")}\n`);
  return files;
}

/** As the kernel writes /proc/net/ip_vs_conn: clients of one service with 16 servers. */
function connectionLines(count) {
  const hex = (number, digits) => number.toString(16).toUpperCase().padStart(digits, "0");
  const line = (number) => {
    const client = `${hex(0xcb007100 + (number % 5000), 8)} ${hex(1024 + Math.floor(number / 5000), 4)}`;
    const server = `${hex(0x0a000001 + (number % 16), 8)} 1F90`;
    const state = ["ESTABLISHED", "FIN_WAIT", "TIME_WAIT"][number % 3].padEnd(11);
    return `TCP ${client} C0000201 0050 ${server} ${state} ${String(number % 900).padStart(7)}\n`;
  };
  const title = "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n";
  return title + Array.from({ length: count }, (_, number) => line(number)).join("");
}

function outputOf([program, ...args], env) {
  const { stdout, error } = spawnSync(program, args, { env, maxBuffer: 1 << 30 });
  if (error) throw error;
  return stdout;
}

function line(cells) {
  console.log(cells.map((cell, index) => (index < 2 ? cell.padEnd(32 - 16 * index) : cell.padStart(13))).join(""));
}

function print(rows, { node, cpu, load, date }, runs) {
  console.log(
    `CPU seconds at native speed, median of ${runs}; ${date.slice(0, 10)}, Node.js ${node}, ${cpu}, load ${load.toFixed(2)}\n`,
  );
  line(["", "table", "1.31", "Node.js", "ratio", "at most", "executable", "ratio", "at most"]);
  for (const { command, of, seconds, most, same } of rows) {
    const [original, ...ours] = seconds;
    const cells = ours.flatMap((each, index) => [
      each.toFixed(3),
      (each / original).toFixed(2),
      `${most[index]} ${each / original <= most[index] ? "ok" : "missed"}`,
    ]);
    line([command, of, original.toFixed(3), ...cells, same ? "" : " THE OUTPUTS DIFFER"]);
  }
}

/** What each line costs, start included, which is why it becomes less. */
function printFlat(flat) {
  console.log("\nmicroseconds for each line");
  line(["", "lines", "1.31", "Node.js", "executable"]);
  for (const { command, lines, seconds } of flat) {
    line([command, String(lines), ...seconds.map((each) => ((each / lines) * 1e6).toFixed(1))]);
  }
}

// `npm run bench`: our programs and ipvsadm 1.31, first at native speed on a kernel that is only played, then on the same real one.
// `npm run bench -- --help` says what can be chosen.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { OTHER_CASES, TABLE_CASES } from "./bench/cases.js";
import { measureNatively } from "./bench/native.js";
import { rules, withOtherWeights } from "./bench/rules.js";
import { run, setUp } from "./setup.js";

const CASES = { ...TABLE_CASES, ...OTHER_CASES };

const { values: options } = parseArgs({
  options: {
    case: { type: "string", multiple: true, default: Object.keys(CASES) },
    size: { type: "string", multiple: true, default: ["2300x16", "10000x5"] },
    connections: { type: "string", default: "200000" },
    runs: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    native: { type: "boolean", default: false },
    kernel: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    host: { type: "boolean", default: false },
    uml: { type: "boolean", default: false },
    qemu: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const HELP = `npm run bench -- [OPTION...]
  --case NAME           only this case; may be repeated
  --size SERVICESxEACH  only tables of this size; may be repeated (2300x16, 10000x5)
  --connections NUMBER  to list with -Lnc (200000)
  --runs NUMBER         of each program at most (3); what takes ten seconds runs once
  --quick               a tenth of everything
  --native              only at native speed
  --json                the same as JSON
  --kernel              only on a real kernel
  --host --uml --qemu   which kernel, see scripts/kernel.sh
Cases:
${Object.entries(CASES)
  .map(([name, { title }]) => `  ${name.padEnd(21)} ${title}\n`)
  .join("")}
With IPVSADM_EXECUTABLE=dist/executable/ipvsadm, which \`npm run executable\` makes, the real kernel is asked by the executable.
Different output of -Sn, -Ln or -Lnc ends with exit status 1, a missed target does not.
`;

function refuse(message) {
  console.error(message);
  process.exit(2);
}

if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
for (const name of options.case) if (!Object.hasOwn(CASES, name)) refuse(`no such case: ${name}`);
if (!/^\d+$/.test(options.connections) || !(options.runs > 0)) refuse("a number is missing");

const shrink = options.quick ? 10 : 1;
const connections = Math.ceil(Number(options.connections) / shrink);
const directory = mkdtempSync(join(tmpdir(), "ipvsadm-bench-"));
process.on("exit", () => rmSync(directory, { recursive: true }));

/** Writes rules to a file and returns its path. */
function file(name, lines) {
  const path = join(directory, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}

function table(size) {
  const [, services, servers] = /^([1-9]\d*)x([1-9]\d*)$/.exec(size) ?? refuse(`not SERVICESxEACH: ${size}`);
  const shape = { services: Math.ceil(services / shrink), servers: Number(servers) };
  const lines = rules(shape.services, shape.servers);
  return {
    ...shape,
    files: { full: file(size, lines), changed: file(`${size}-changed`, withOtherWeights(lines, 0.01)) },
  };
}

function restore(services) {
  const lines = rules(services / shrink, 5);
  return { rules: lines.length, file: file(`restore-${services}`, lines) };
}

setUp();
const tables = options.size.map(table);
if (!options.kernel) {
  const runs = Math.max(Number(options.runs), 5);
  measureNatively({ sizes: tables, connections, runs, directory, json: options.json });
}
if (options.native || options.json) process.exit();
const job = {
  cases: options.case,
  tables,
  connections,
  restores: [0, 1000, 10_000].map(restore),
  runs: Number(options.runs),
};
const kernel = ["host", "uml", "qemu"].filter((name) => options[name]).map((name) => `--${name}`);
const load = () =>
  `Load average of the host: ${loadavg()
    .map((value) => value.toFixed(2))
    .join(", ")}`;
console.log(load());
const guest = [process.execPath, "scripts/bench/guest.js", JSON.stringify(job)];
process.exitCode = run("bash", ["scripts/kernel.sh", ...kernel, "--", ...guest]);
console.log(`\n${load()}`);

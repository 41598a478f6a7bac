// The part of the benchmark that runs on the real kernel: guest.js JOB, as scripts/bench.js tells it.
import { release } from "node:os";
import { OTHER_CASES, TABLE_CASES } from "./cases.js";
import { compareOnConnections } from "./connections.js";
import { compareOnTable, restoreCost, warmUp } from "./measure.js";
import { printFigure, printRow, printTitle } from "./report.js";

/** What `-R` may need at most. */
const MEGABYTES = 200;

/** How much more a rule may cost where there are ten times as many. */
const GROWTH = 1.3;

const { cases, tables, connections, restores, runs } = JSON.parse(process.argv[2]);
let differences = 0;

function report(row) {
  printRow(row);
  if (row.same === false) differences++;
}

console.log(
  `Linux ${release()}; median of ${runs} runs, one where it takes long; peak memory of the processes together\n`,
);
warmUp();
printTitle();
for (const { services, servers, files } of tables) {
  for (const [name, table] of Object.entries(TABLE_CASES)) {
    if (!cases.includes(name)) continue;
    const size = `${services} x ${servers}`;
    const result = compareOnTable(table, files, runs);
    report({ title: table.title, size, target: table.target(servers), ...result });
    if (name === "R") printFigure("  its memory in MB", size, Math.round(result.ours.megabytes), MEGABYTES);
  }
}
if (cases.includes("Lnc")) {
  const { title } = OTHER_CASES.Lnc;
  const { few, ...result } = compareOnConnections(connections, runs);
  report({ title, size: connections / 10, ours: few });
  report({ title, size: connections, target: 1, ...result });
}
if (cases.includes("per-rule")) {
  const [start, few, many] = restores.map(({ file, rules }) => ({ rules, ...restoreCost(runs, file) }));
  const each = ({ rules, seconds }) => (seconds - start.seconds) / rules;
  const growth = Number((each(many) / each(few)).toFixed(2));
  printFigure(OTHER_CASES["per-rule"].title, `${few.rules}, ${many.rules}`, growth, GROWTH);
}
process.exitCode = differences === 0 ? 0 : 1;

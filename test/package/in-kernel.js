// Runs command lines inside a kernel with IPVS and prints what they did as JSON, since starting a kernel for each takes long.
import { spawnSync } from "node:child_process";

/** @type {string[][]} */
const lines = JSON.parse(process.argv[2]);
const done = lines.map(([program, ...args]) => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return { status, stdout, stderr };
});
console.log(JSON.stringify(done));

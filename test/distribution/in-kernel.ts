// Runs on a kernel with IPVS, bundled: in-kernel.ts ROOT MUSL MUSL-LIBRARIES. Plays the steps and ldirectord, and prints what was
// seen as JSON.

import { Network } from "../lab/network.js";
import { run } from "../lab/shell.js";
import { twoArms } from "../lab/two-arms.js";
import { playLdirectord } from "./ldirectord.js";
import { COMMANDS, INIT_SCRIPT, type Step, UNIT } from "./steps.js";

const [root, musl, libraries] = process.argv.slice(2) as [string, string, string];

const { cables, given } = twoArms(2);
const network = await Network.build(cables);
const director = network.host("director");

/** As on a director, but for its network. */
async function mount(): Promise<void> {
  for (const argv of [
    ["mount", "-t", "proc", "proc", `${root}/proc`],
    ["mount", "--bind", "/dev", `${root}/dev`],
    ["mount", "-t", "tmpfs", "tmpfs", `${root}/run`],
  ]) {
    const { code, stderr } = await run(argv);
    if (code !== 0) throw new Error(`${argv.join(" ")}: ${stderr}`);
  }
}

const PATH = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";

async function play(steps: readonly Step[]) {
  const outcomes = [];
  for (const { command, input } of steps) {
    const argv = typeof command === "string" ? ["/bin/sh", "-c", command] : command;
    outcomes.push(await director.run(["chroot", root, "env", "-i", PATH, ...argv], input));
  }
  return outcomes;
}

/** The program for musl adds and lists, beside the original as a witness. */
async function playMusl() {
  const ipvsadm = (...args: string[]) => director.run(["env", `LD_LIBRARY_PATH=${libraries}`, musl, ...args]);
  return {
    added: await ipvsadm("-A", "-t", "192.0.2.100:80", "-s", "rr"),
    refused: await ipvsadm("-A", "-t", "192.0.2.100:80", "-s", "rr"),
    saved: await ipvsadm("-S"),
    seen: await director.run(["/usr/sbin/ipvsadm", "-Sn"]),
    cleared: await ipvsadm("-C"),
  };
}

try {
  await network.type(given);
  await mount();
  const seen = {
    commands: await play(COMMANDS),
    unit: await play(UNIT),
    initScript: await play(INIT_SCRIPT),
    musl: await playMusl(),
    quiescent: await playLdirectord(network, root, true),
    removing: await playLdirectord(network, root, false),
  };
  console.log(JSON.stringify(seen));
} finally {
  await network.close();
}

// The same on a real kernel, which is empty before each program: many-in-kernel.js PROGRAMS, as JSON.
import { spawnSync } from "node:child_process";
import { printSeconds } from "./many.js";

const ORIGINAL = "/usr/sbin/ipvsadm";

printSeconds(JSON.parse(process.argv[2]), process.env, () => {
  const { stdout } = spawnSync(ORIGINAL, ["-Sn"], { encoding: "utf8" });
  if (stdout.split("\n").length !== 501) throw new Error("the kernel does not have 100 services with 4 servers each");
  spawnSync(ORIGINAL, ["-C"]);
});

// `-Lnc` on real connections.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inNamespace, median, PROGRAMS } from "./measure.js";

const SPOOFER = fileURLToPath(new URL("connections.pl", import.meta.url));
const VIP = "10.0.0.1";
const PORT = "53";
const RULES = [
  ["-A", "-u", `${VIP}:${PORT}`, "-s", "rr"],
  ...["10.0.0.2", "10.0.0.3"].map((server) => ["-a", "-u", `${VIP}:${PORT}`, "-r", `${server}:${PORT}`, "-m"]),
  // So that none of them ends while it is listed.
  ["--set", "0", "0", "86400"],
];

/**
 * Lists a tenth of `number` connections with our program, then all with both.
 *
 * @param {number} number
 * @param {number} runs
 */
export function compareOnConnections(number, runs) {
  return inNamespace((namespace) => {
    namespace.run(["ip", "address", "add", VIP, "dev", "lo"]);
    for (const rule of RULES) namespace.run(["/usr/sbin/ipvsadm", ...rule]);
    const output = namespace.file("output");
    const list = (command) => median(runs, () => namespace.measure([...command("ipvsadm"), "-Lnc"], { output }));
    /** Without what is left of their time, which goes on. */
    const printed = () => readFileSync(output, "latin1").replace(/^(\S+ +)\d+:\d\d +/gm, "$1");

    const tenth = Math.ceil(number / 10);
    namespace.run(["perl", SPOOFER, VIP, PORT, "0", String(tenth)]);
    const few = list(PROGRAMS.ours);
    namespace.run(["perl", SPOOFER, VIP, PORT, String(tenth), String(number)]);
    const ours = list(PROGRAMS.ours);
    const text = printed();
    const original = list(PROGRAMS.original);
    return { few, ours, original, same: text === printed() && text.split("\n").length > number };
  });
}

import { commands, matrixTable, misplaced, options } from "./harness/options.js";
import { compare, useWorld } from "./harness/scenario.js";
import { differs, hinted, type Step } from "./harness/steps.js";

useWorld();

const filtered =
  "IP Virtual Server version 1.2.1 (size=4096)\n" +
  "Prot LocalAddress:Port Scheduler Flags\n" +
  "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n" +
  "TCP  10.7.0.1:7000 wlc\n" +
  "  -> 10.7.1.1:7000                Masq    1      0          0         \n";

const saved =
  "-A -t 10.7.0.1:7000 -s wlc\n" +
  "-a -t 10.7.0.1:7000 -r 10.7.1.1:7000 -m -w 1\n" +
  "-a -t 10.7.0.1:7000 -r 10.7.1.2:7000 -m -w 3\n";

/** Cells of the matrix that differ. */
const claims: ReadonlyMap<string, Step> = new Map([
  ["-L -r 10.7.1.1", differs("list-filters", "-L -r 10.7.1.1", { stdout: filtered, stderr: "", status: 0 })],
  ["-S --nosort", differs("save-nosort", "-S --nosort", { stdout: saved, stderr: "", status: 0 })],
  ["-a -y 5", hinted("-a -t 10.7.0.1:7000 -r 10.7.1.9 -y 5", "threshold")],
  ["-e -y 5", hinted("-e -t 10.7.0.1:7000 -r 10.7.1.1 -y 5", "threshold")],
  ...[
    "--sort",
    "--syncid 5",
    "--mcast-group 224.0.0.99",
    "--mcast-port 9000",
    "--mcast-ttl 5",
    "--sync-maxlen 1400",
  ].map((option): [string, Step] => [
    `--start-daemon ${option}`,
    hinted(`--start-daemon master ${option}`, "interface eth0"),
  ]),
]);

for (const [command, compulsory] of commands) {
  const others = [...options, ...misplaced];
  compare(`${command} with what it needs and every option`, {
    given: matrixTable,
    steps: others.map((option) => claims.get(`${command} ${option}`) ?? `${command} ${compulsory} ${option}`),
  });
  if (compulsory === "") continue;
  compare(`${command} with every option instead of what it needs`, {
    given: matrixTable,
    steps: ["", ...options].map((option) => `${command} ${option}`),
  });
}

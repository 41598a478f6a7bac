import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Directors } from "./directors.js";
import { clearByOracle } from "./oracle.js";

const VIP = ["ip", "addr", "add", "192.0.2.1/32", "dev", "lo"] as const;
const SERVICE = "-A -t 192.0.2.1:80 -s mh\n";
const SERVERS = ["2", "1"].map((last) => `-a -t 192.0.2.1:80 -r 10.0.0.${last}:80 -m -w 1\n`);
const TABLE = `${SERVICE}${SERVERS.join("")}`;
const OTHER_WAY_ROUND = `${SERVICE}${[...SERVERS].reverse().join("")}`;

let directors: Directors;

beforeAll(async () => {
  directors = await Directors.build();
  clearByOracle();
  execFileSync("/usr/sbin/ipvsadm", ["-R"], { input: TABLE });
  execFileSync(VIP[0], VIP.slice(1));
  for (const name of ["lb1", "lb2"]) {
    directors.put(name, TABLE);
    directors.run(name, ...VIP);
  }
});
afterAll(async () => {
  clearByOracle();
  execFileSync("ip", ["addr", "del", "192.0.2.1/32", "dev", "lo"]);
  await directors.close();
});

/** What `doctor --peer` finds: exit status, findings, and what could not be compared. */
async function compare(peer: string) {
  const { status, stdout, stderr } = await directors.ipvsadm("doctor", "--json", "--peer", peer);
  expect(stderr).toBe("");
  const { findings, unread } = JSON.parse(stdout) as {
    findings: { id: string; evidence: string[] }[];
    unread: string[];
  };
  return { status, ids: findings.map(({ id }) => id), evidence: findings.flatMap(({ evidence }) => evidence), unread };
}

describe("doctor --peer asks by ssh", () => {
  it("a director with this program for everything", async () => {
    expect(await compare("ssh:lb1")).toEqual({ status: 0, ids: [], evidence: [], unread: [] });
    directors.put("lb1", OTHER_WAY_ROUND);
    directors.run("lb1", "sysctl", "-q", "net.ipv4.vs.sloppy_tcp=1");
    const { status, ids, evidence } = await compare("ssh:lb1");
    expect({ status, ids }).toEqual({ status: 1, ids: ["peer-order", "peer-parameter"] });
    expect(evidence).toContainEqual(expect.stringMatching(/there\): net\.ipv4\.vs\.sloppy_tcp = 1$/));
  });

  it("a director with 1.31 for its table, order, timeouts and daemons, and says what it does not tell", async () => {
    const unread = [
      "lb2: kernel parameters, interfaces of sync daemons, virtual addresses, kernel, which ipvsadm 1.31 does not tell",
    ];
    expect(await compare("ssh:lb2")).toEqual({ status: 0, ids: [], evidence: [], unread });
    directors.put("lb2", `${OTHER_WAY_ROUND}--set 900 120 60\n`);
    directors.oracle("lb2", "--start-daemon", "master", "--mcast-interface", "eth0", "--syncid", "7");
    const { status, ids, evidence } = await compare("ssh:lb2");
    expect({ status, ids }).toEqual({ status: 1, ids: ["peer-sync-missing", "peer-order", "peer-timeouts"] });
    expect(evidence).toContain("lb2: master sync daemon on eth0, id 7");
  });

  it("a director with 1.31 for the programs that write its table", async () => {
    const folder = mkdtempSync("/run/peer-");
    copyFileSync("/bin/sleep", join(folder, "keepalived"));
    const keepalived = directors.startIn("lb2", join(folder, "keepalived"), "1000");
    directors.put("lb2", `${SERVICE}${SERVERS[0]}`);
    const { stdout } = await directors.ipvsadm("doctor", "--peer", "ssh:lb2", "192.0.2.1");
    const text = stdout.replaceAll(/\n +/g, " ");
    expect(text).toContain("They may have failed a check on lb2: keepalived takes such servers out.");
    expect(text).toMatch(/keepalived runs there\. .* instead\. On lb2, the other director: ipvsadm -a /);
    keepalived.kill("SIGTERM");
    await keepalived.outcome;
    rmSync(folder, { recursive: true });
  });

  it("and says why it got no answer", async () => {
    const failures = [
      ["ssh:lb1:9", "ssh:lb1:9: ssh: connect to host 10.77.1.2 port 9: Connection refused\n"],
      ["ssh:lb1:2202", "ssh:lb1:2202: Can't initialize ipvs: Protocol not available\n"],
    ] as const;
    for (const [peer, words] of failures) {
      const { status, stdout, stderr } = await directors.ipvsadm("doctor", "--peer", peer);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toContain(words);
    }
  });
});

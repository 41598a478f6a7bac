import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { compare, compareMoving, compareReading, runBeside, useWorld } from "./harness/scenario.js";
import { differs, type Step, shell } from "./harness/steps.js";

useWorld();

const harness = join(import.meta.dirname, "harness");
const layouts = [
  "",
  "--stats",
  "--stats --exact",
  "--rate",
  "--rate --exact",
  "--thresholds",
  "--persistent-conn",
  "--tun-info",
];

compareReading("no connections", {
  given: ["-A -t 10.9.0.1:80 -s rr"],
  steps: ["-Lc", "-Lcn", "-L -c --persistent-conn", "-Lcn --nosort --exact --tun-info"],
});

const rules = [
  "-A -t 10.9.0.1:80 -s rr",
  "-a -t 10.9.0.1:80 -r 10.8.0.2:8080 -m",
  "-A -t 10.9.0.1:8080 -s rr -p 300",
  "-a -t 10.9.0.1:8080 -r 10.8.0.2:80 -m -x 100 -y 50",
  "-A -t 10.9.0.1:81 -s wlc",
  "-a -t 10.9.0.1:81 -r 10.8.0.77:80 -m",
  "-A -u 10.9.0.1:53 -s rr",
  "-a -u 10.9.0.1:53 -r 10.8.0.2:53 -m",
  "-A -u 10.9.0.1:5060 -s rr -p 300 --pe sip",
  "-a -u 10.9.0.1:5060 -r 10.8.0.2:5060 -m",
  "-A -t [2001:db8:9::1]:80 -s rr",
  "-a -t [2001:db8:9::1]:80 -r [2001:db8:8::2]:80 -m",
  "-A -u [2001:db8:9::1]:53 -s rr -p 300 -M 64",
  "-a -u [2001:db8:9::1]:53 -r [2001:db8:8::2]:53 -m",
];

const invite = (callId: string) => `INVITE sip:a@b SIP/2.0\r\nCall-ID: ${callId}\r\nContent-Length: 0\r\n\r\n`;
const longCallId = `${"B".repeat(200)}@example.test`;

const children: ChildProcess[] = [];
let places: string[] = [];

async function peer(place: string, ...args: string[]): Promise<void> {
  const command = [`--net=/proc/${place}/ns/net`, process.execPath, join(harness, "peer.mjs"), ...args];
  const child = spawn("nsenter", command, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout, "data");
}

const send = (...list: object[]) => peer(places[0]!, "client", JSON.stringify(list));

beforeAll(async () => {
  places = (await runBeside("bash", join(harness, "network.sh"))).trim().split(" ");
  await peer(places[1]!, "server");
});

afterAll(() => {
  for (const child of children) child.kill();
  for (const place of places) process.kill(Number(place));
});

/** Traffic of every kind, answered and not. */
const everyKind = () =>
  send(
    { tcp: "10.9.0.1", port: 80 },
    { tcp: "10.9.0.1", port: 80, closed: true },
    { tcp: "10.9.0.1", port: 8080 },
    { tcp: "10.9.0.1", port: 81, lost: true },
    { udp: "10.9.0.1", port: 53 },
    { udp: "10.9.0.1", port: 5060, payload: invite("0123456789abcdef@example.test") },
    { tcp: "2001:db8:9::1", port: 80 },
    { udp: "2001:db8:9::1", port: 53 },
  );

compareMoving("connections and counters of real traffic", {
  given: rules,
  prepare: everyKind,
  steps: [
    "-Lcn",
    "-Lc",
    "-Lcn --persistent-conn",
    "-L -c --persistent-conn --exact",
    "-Lnc --nosort --tun-info",
    ...layouts.flatMap((layout) => [
      `-Ln ${layout}`,
      `-L ${layout} -n -t 10.9.0.1:80`,
      `-Ln -u [2001:db8:9::1]:53 ${layout}`,
    ]),
    ...layouts.map((layout) => `-L ${layout}`),
  ],
});

compareMoving("counters after -Z of one service and of all", {
  given: rules,
  prepare: async () => {
    await everyKind();
    await runBeside("ipvsadm", "-Z", "-t", "10.9.0.1:80");
  },
  steps: ["-Ln --stats --exact", "-Ln --stats -t 10.9.0.1:80", "-Ln --rate -t 10.9.0.1:80"],
});

compareMoving("a Call-ID that makes a line longer than 255 bytes", {
  given: rules,
  prepare: () => send({ udp: "10.9.0.1", port: 5060, payload: invite(longCallId) }),
  steps: [
    differs("long-connections", "-Lcn --persistent-conn", {
      stdout: new RegExp(
        "^IPVS connection entries\n.*pe_data\n" +
          "(.*\n)*UDP \\d\\d:\\d\\d  \\w+ +10\\.9\\.0\\.2:0 +10\\.9\\.0\\.1:5060 +10\\.8\\.0\\.2:5060 +sip +" +
          `${longCallId.replaceAll(".", "\\.")}\n(.*\n)*$`,
      ),
    }),
  ],
});

/** `ipvsadm ARGS` with `lines` in place of the kernel's list of connections. */
const reading = (args: string, lines: string): Step =>
  shell(
    `unshare --mount bash -c '
       mount -t tmpfs none /proc/$$/net && cat >/proc/$$/net/ip_vs_conn && exec ipvsadm ${args} </dev/null'`,
    lines,
  );

const title = "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n";

const odd = [
  "SCTP 0A000001 0050 0A000002 0051 0A000003 0052 ESTABLISHED    6000",
  "UDP  C0A864C8 FFFF C0A864C9 FFFF C0A864CA FFFF UDP             300",
  "TCP  0A000001 0050 0A000002 0051 2001:0db8:0008:0000:0000:0000:0000:0003 0052 ESTABLISHED 2678400 sip cid",
  "TCP  2001:0db8:1111:2222:3333:4444:5555:6666 FFFF 2001:0db8:1111:2222:3333:4444:5555:6666 FFFF 0A000003 0000 SYN_RECV 0",
  "IP   00000007 0000 0A000001 0050 0A000101 0050 NONE            119",
  "TCP  0A000001 1F90 0A000101 0050 0A000102 0035 FIN_WAIT         59 sip",
].join("\n");

compare("a list of connections with everything odd", {
  steps: [
    reading("-Lcn", `${title}${odd}\n`),
    reading("-Lcn --persistent-conn", `${title}${odd}\n`),
    reading("-Lcn --persistent-conn", `${title}${odd} \x1b]0;title\x07\x1b[31m\x7f\n`),
    reading("-Lc", `${title}${odd}\n`),
    reading("-Lcn", `${title}${odd}`),
    reading("-Lcn", title),
    reading("-Lcn", ""),
    differs(
      "silent-failures",
      reading("-Lcn", `${title}\nTCP 0A000001 0050 0A000002 0051 0A000003 0052 ESTABLISHED 900\n`),
      { stdout: "", stderr: /^unexpected input from \/proc\/net\/ip_vs_conn.*\n$/ },
    ),
    shell("unshare --mount bash -c 'mount -t tmpfs none /proc/$$/net && exec ipvsadm -Lcn'"),
  ],
});

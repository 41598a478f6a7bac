import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Examination } from "../../../src/doctor/finding.js";
import { PAIR_CHECKS } from "../../../src/doctor/peer/checks/index.js";
import { PARAMETERS } from "../../../src/doctor/peer/parameters.js";
import { type Cable, type Line, Network } from "../network.js";
import { serve } from "../servers.js";
import { until } from "../shell.js";
import { compare as compareWith } from "./examine.js";

/** Two directors with a link of their own, clients on one side, a real server on the other. */
const CABLES: readonly Cable[] = [
  ["client", "outside", "10.0.0.8/24"],
  ["lb1", "outside", "10.0.0.1/24"],
  ["lb2", "outside", "10.0.0.2/24"],
  ["lb1", "between", "192.168.7.1/24"],
  ["lb2", "between", "192.168.7.2/24"],
  ["lb1", "inside", "10.1.0.1/24"],
  ["lb2", "inside", "10.1.0.2/24"],
  ["rs1", "inside", "10.1.0.42/24"],
];

const on = (host: string, ...lines: string[]): Line[] => lines.map((line) => [host, line]);
const onBoth = (...lines: string[]): Line[] => ["lb1", "lb2"].flatMap((host) => on(host, ...lines));

const VIP = "10.0.0.100/32 dev eth0";
const ON_LOOPBACK = "10.0.0.100/32 dev lo";

const SERVICES = [
  "ipvsadm -A -t 10.0.0.100:80 -s wlc",
  "ipvsadm -a -t 10.0.0.100:80 -r 10.1.0.42:80 -m",
  "ipvsadm -A -t 10.0.0.100:81 -s mh -p 300",
  ...["42", "43", "44"].map((last) => `ipvsadm -a -t 10.0.0.100:81 -r 10.1.0.${last}:80 -m`),
];

const START_BACKUP = "ipvsadm --start-daemon backup --mcast-interface eth1 --syncid 7";

/** A pair that fits together. */
const GIVEN: readonly Line[] = [
  ...onBoth("sysctl -q net.ipv4.ip_forward=1", ...SERVICES),
  ...on("lb1", `ip addr add ${VIP}`, "ipvsadm --start-daemon master --mcast-interface eth1 --syncid 7"),
  ...on("lb2", START_BACKUP),
  ...on("rs1", "ip route add default via 10.1.0.1"),
];

interface Play {
  readonly about: string;
  readonly broken: readonly Line[];
  readonly finds: readonly string[];
  readonly evidence?: RegExp;
  /** What puts it right; absent: the first remedy of each finding, as printed. */
  readonly mended?: readonly Line[];
}

const backupWith = (options: string): Line[] =>
  on("lb2", "ipvsadm --stop-daemon backup", `ipvsadm --start-daemon backup --mcast-interface eth1 ${options}`);

/** Faults that leave each other alone are played at the same time, since starting programs is slow in User Mode Linux. */
const PLAYS: readonly Play[] = [
  {
    about: "services",
    broken: on(
      "lb2",
      "ipvsadm -A -t 10.0.0.100:443 -s rr",
      "ipvsadm -a -t 10.0.0.100:443 -r 10.1.0.42:443 -m",
      "ipvsadm -E -t 10.0.0.100:80 -s rr",
    ),
    finds: ["error peer-service-missing", "error peer-service-differs"],
    evidence: /-A -t 10\.0\.0\.100:80 -s rr/,
  },
  {
    about: "servers, weights and limits",
    broken: [
      ...on(
        "lb2",
        "ipvsadm -d -t 10.0.0.100:81 -r 10.1.0.44:80",
        "ipvsadm -e -t 10.0.0.100:80 -r 10.1.0.42:80 -m -x 9",
      ),
      ...on(
        "lb1",
        "ipvsadm -e -t 10.0.0.100:81 -r 10.1.0.42:80 -m -w 3",
        "ipvsadm -e -t 10.0.0.100:81 -r 10.1.0.43:80 -m -w 0",
      ),
    ],
    finds: [
      "error peer-server-missing",
      "error peer-server-differs",
      "error peer-weight-differs",
      "warning peer-weight-zero",
    ],
    evidence: /-> 10\.1\.0\.43:80, weight 0/,
  },
  {
    about: "the order of servers, and a takeover that the daemons have not noticed",
    broken: [
      ...on(
        "lb2",
        "ipvsadm -d -t 10.0.0.100:81 -r 10.1.0.42:80",
        "ipvsadm -a -t 10.0.0.100:81 -r 10.1.0.42:80 -m -w 3",
      ),
      ...on("lb1", `ip addr del ${VIP}`),
      ...on("lb2", `ip addr add ${VIP}`),
    ],
    finds: ["error peer-sync-backwards", "warning peer-order"],
    evidence: /oldest first: 10\.1\.0\.43:80, 10\.1\.0\.44:80, 10\.1\.0\.42:80$/,
    mended: [
      ...on("lb2", "ipvsadm -C", `ip addr del ${VIP}`),
      ...on("lb1", "ipvsadm -C", `ip addr add ${VIP}`),
      ...onBoth(...SERVICES),
    ],
  },
  {
    about: "no daemon there, and other timeouts",
    broken: on("lb2", "ipvsadm --stop-daemon backup", "ipvsadm --set 900 120 60"),
    finds: ["error peer-sync-missing", "warning peer-timeouts"],
    evidence: /master sync daemon on eth1, id 7/,
  },
  {
    about: "two masters, and the address nowhere",
    broken: [
      ...on("lb2", "ipvsadm --stop-daemon backup"),
      ...on("lb2", "ipvsadm --start-daemon master --mcast-interface eth1 --syncid 7"),
      ...on("lb1", `ip addr del ${VIP}`),
    ],
    finds: ["error peer-vip-nowhere", "error peer-sync-roles"],
    mended: [...on("lb2", "ipvsadm --stop-daemon master", START_BACKUP), ...on("lb1", `ip addr add ${VIP}`)],
  },
  {
    about: "an interface without multicast",
    broken: on("lb2", "ip link set eth1 multicast off"),
    finds: ["error peer-sync-interface"],
    evidence: /eth1: does no multicast/,
  },
  {
    about: "an interface that is down, one that is gone, and the address on both",
    broken: [
      ...on("lb1", "ip link set eth1 down"),
      ...on("lb2", "ip link set eth1 down", "ip link set eth1 name eth9", `ip addr add ${VIP}`),
    ],
    finds: ["error peer-vip-both", "error peer-sync-interface"],
    evidence: /eth1: no such interface/,
    mended: [
      ...on("lb1", "ip link set eth1 up"),
      ...on("lb2", "ip link set eth9 name eth1", "ip link set eth1 up", `ip addr del ${VIP}`),
    ],
  },
  {
    about: "another id, group, port and ttl",
    broken: backupWith("--syncid 8 --mcast-group 239.1.2.3 --mcast-port 9000 --mcast-ttl 4"),
    finds: ["error peer-sync-id", "error peer-sync-group", "info peer-sync-ttl"],
    evidence: /group and port 239\.1\.2\.3:9000/,
    mended: backupWith("--syncid 7 --sync-maxlen 1400"),
  },
  // The daemon that was started just now.
  {
    about: "messages that the backup cuts",
    broken: [],
    finds: ["error peer-sync-length"],
    evidence: /backup sync daemon on eth1: sync-maxlen 1400/,
  },
  {
    about: "messages above the mtu there, and a router between them",
    broken: on(
      "lb2",
      "ip link set eth1 mtu 1400",
      "ip addr del 192.168.7.2/24 dev eth1",
      "ip addr add 192.168.8.2/24 dev eth1",
    ),
    finds: ["error peer-sync-length", "warning peer-sync-ttl"],
    evidence: /192\.168\.8\.0\/24/,
    mended: on(
      "lb2",
      "ip link set eth1 mtu 1500",
      "ip addr del 192.168.8.2/24 dev eth1",
      "ip addr add 192.168.7.2/24 dev eth1",
    ),
  },
  {
    about: "messages of version 0, and an address of a fleet on one of them",
    broken: [
      ...onBoth("sysctl -q net.ipv4.vs.sync_version=0"),
      ...on("lb1", `ip addr del ${VIP}`, `ip addr add ${ON_LOOPBACK}`),
    ],
    finds: ["warning peer-vip-one", "warning peer-sync-old"],
    evidence: /10\.0\.0\.100:81: persistent/,
    mended: [
      ...onBoth("sysctl -q net.ipv4.vs.sync_version=1"),
      ...on("lb1", `ip addr del ${ON_LOOPBACK}`, `ip addr add ${VIP}`),
    ],
  },
];

/** The other director has the same kernel here, and a pair without daemons is only worth a note; unit tests have both. */
const ELSEWHERE = ["peer-hashing", "peer-sync-none"];

/** What parameters are set to, by what they are or by their names; absent: 0. */
const OTHER_VALUES: Readonly<Record<string, string>> = {
  "0": "1",
  "3 50": "2 40",
  "net.ipv4.vs.sync_ports": "2",
};

let network: Network;
let folder: string;

beforeAll(async () => {
  network = await Network.build(CABLES);
  await type(GIVEN);
  folder = await mkdtemp(join(tmpdir(), "ipvsadm-peer-"));
});
afterAll(async () => {
  await network?.close();
  if (folder) await rm(folder, { recursive: true });
});

/** Types lines with the original in the place of ours, which starts sooner: what ours advises has to work there, too. */
async function type(lines: readonly Line[]): Promise<void> {
  await network.type(lines.map(([host, line]) => [host, line.replace(/^ipvsadm /, "/usr/sbin/ipvsadm ")]));
}

/** Compares lb1 with the facts of lb2. */
async function compare(): Promise<Examination> {
  const examination = await compareWith(network, "lb1", "lb2");
  expect(examination.unread).toEqual([]);
  return examination;
}

const named = ({ findings }: Examination) => findings.map(({ severity, id }) => `${severity} ${id}`);

/** What the first remedy of each finding says, where it says. */
const remedies = ({ findings }: Examination): Line[] =>
  findings.flatMap(({ remedies: [first] }) => on(first!.on === "peer" ? "lb2" : "lb1", ...first!.commands));

/** Opens 60 connections through the virtual address that send something now and then. */
async function connect(): Promise<void> {
  const script = `const { connect } = require("node:net");
    let open = 0;
    for (let n = 0; n < 60; n++) {
      const socket = connect(80, "10.0.0.100", () => {
        socket.write("GET / HTTP/1.1\\r\\n");
        setInterval(() => socket.write("X-Y: z\\r\\n"), 200);
        if (++open === 60) console.log("open");
      });
    }`;
  const client = network.host("client").start([process.execPath, "-e", script]);
  await once(client.stdout!, "data");
}

describe("two directors on the real kernel", () => {
  it("fit together", async () => expect(named(await compare())).toEqual([]));

  it.each(PLAYS.map((play) => [play.about, play] as const))("do not, because of %s", async (_, play) => {
    await type(play.broken);
    const examination = await compare();
    expect(named(examination)).toEqual(play.finds);
    if (play.evidence !== undefined) {
      const evidence = examination.findings.flatMap((finding) => finding.evidence);
      expect(evidence).toContainEqual(expect.stringMatching(play.evidence));
    }
    // That it is right again, the next play shows.
    await type(play.mended ?? remedies(examination));
  });

  it("do not, because of all kernel parameters, until the remedies are followed", async () => {
    const present = new Set((await network.host("lb2").type("ls /proc/sys/net/ipv4/vs")).split(/\s+/));
    const changed = PARAMETERS.filter(({ name }) => present.has(name.split(".").at(-1)!));
    expect(changed.length).toBeGreaterThan(15);
    const line = changed.map(({ name, usual }) => `'${name}=${OTHER_VALUES[name] ?? OTHER_VALUES[usual] ?? "0"}'`);
    await type(on("lb2", `sysctl -q -w net.ipv4.ip_forward=0 ${line.join(" ")}`));
    const examination = await compare();
    const found = examination.findings.filter(({ id }) => id === "peer-parameter").map(({ title }) => title);
    const wanted = ["net.ipv4.ip_forward", ...changed.map(({ name }) => name)].map((name) => `${name} differs`);
    expect(found.sort()).toEqual(wanted.sort());
    // The first remedy takes the value that is not Linux's own; here it is the second that brings them back.
    const back = examination.findings.flatMap(({ remedies }) =>
      remedies.filter((remedy) => remedy.on === "peer").flatMap(({ commands }) => commands),
    );
    await type(on("lb2", `sysctl -q -w ${back.map((command) => command.replace(/^sysctl -w /, "")).join(" ")}`));
  });

  it("do not, because of servers of another family, for which the kernel starts no daemon", async () => {
    await type(
      on(
        "lb2",
        "ipvsadm --stop-daemon backup",
        "ipvsadm -A -t 10.0.0.100:82 -s rr",
        "ipvsadm -a -t 10.0.0.100:82 -r [fd00::42]:82 -i",
      ),
    );
    const examination = await compare();
    expect(named(examination)).toEqual([
      "error peer-service-missing",
      "error peer-sync-missing",
      "error peer-sync-mixed",
    ]);
    const start = examination.findings[1]!.remedies[0]!.commands[0]!;
    await expect(type(on("lb2", start))).rejects.toThrow();
    await type(on("lb2", "ipvsadm -D -t 10.0.0.100:82", start));
  });

  it("do not, because nothing arrives, until it does", async () => {
    await serve(network.host("rs1"), "http", 80);
    const drop = "INPUT -p udp --dport 8848 -j DROP";
    await type(on("lb2", `iptables -A ${drop}`));
    await connect();
    expect(named(await compare())).toEqual(["warning peer-sync-silent"]);
    await type(on("lb2", `iptables -D ${drop}`));
    await until("connections at the backup", async () => {
      const list = await network.host("lb2").type("/usr/sbin/ipvsadm -Lnc");
      return list.includes("10.0.0.100:80") || undefined;
    });
    expect(named(await compare())).toEqual([]);
  });

  it("are refused where the facts are one's own", async () => {
    const file = join(folder, "lb1.json");
    await writeFile(file, await network.host("lb1").type("ipvsadm doctor --facts"));
    expect(await network.host("lb1").try(`ipvsadm doctor --peer ${file}`)).toEqual({
      code: 2,
      stdout: "",
      stderr: `ipvsadm doctor: ${file} tells of this very director: name the other one\n`,
    });
  });

  it("are compared on every point here, or there is a reason not to", () => {
    const plays = PLAYS.flatMap(({ finds }) => finds.map((find) => find.split(" ")[1]!));
    const covered = new Set([...plays, "peer-parameter", "peer-sync-mixed", "peer-sync-silent", ...ELSEWHERE]);
    expect(PAIR_CHECKS.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
  });
});

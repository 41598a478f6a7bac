import { describe, expect, it } from "vitest";
import type { Finding, Severity } from "../../../../src/doctor/finding.js";
import { PAIR_CHECKS } from "../../../../src/doctor/peer/checks/index.js";
import { compareSides } from "../../../../src/doctor/peer/compare.js";
import { pairOf } from "../../../../src/doctor/peer/pair.js";
import { PARAMETERS } from "../../../../src/doctor/peer/parameters.js";
import type { Side } from "../../../../src/doctor/peer/side.js";
import type { Destination } from "../../../../src/model/destination.js";
import type { Service } from "../../../../src/model/service.js";
import { active, daemon, entry, member, parameters, server, standby, web } from "./sides.js";

const find = (here: Side, there: Side): Finding[] => compareSides(pairOf(here, there));

/** `error peer-sync-id`. */
const named = (findings: readonly Finding[]) => findings.map(({ severity, id }) => `${severity} ${id}`);

/** All commands of the remedies, by where they are to be typed. */
const commands = ([finding]: readonly Finding[]) => finding!.remedies.map(({ on, commands }) => [on, ...commands]);

/** Two directors, what is wrong with them, and something that the evidence has to show. */
interface Fault {
  readonly about: string;
  readonly here?: Side;
  readonly there?: Side;
  readonly finds: readonly [severity: Severity, id: string];
  readonly evidence: readonly string[];
  /** What is to be typed first, and where. */
  readonly mended?: readonly [on: string, ...commands: string[]];
}

const servers = (...list: readonly Destination[]) => [entry({}, ...list)];
const [one, two, three] = ["10.1.0.1", "10.1.0.2", "10.1.0.3"].map((address) => server(address)) as [
  Destination,
  Destination,
  Destination,
];
const hashed = (scheduler: string, ...list: readonly Destination[]) => [entry({ scheduler }, ...list)];
const eth1 = active().syncInterfaces![0]!;
const unchecked = { writers: [], movers: [] };
const both = (id = 7) => [daemon("master", { syncId: id }), daemon("backup", { syncId: id })];

const TABLE: readonly Fault[] = [
  {
    about: "a service is here only",
    here: active({ table: [entry(), entry({ port: 443 }, one)] }),
    finds: ["error", "peer-service-missing"],
    evidence: ["lb1: 10.0.0.100:443 with 1 server", "lb2: no 10.0.0.100:443"],
    mended: ["peer", "ipvsadm -A -t 10.0.0.100:443 -s wlc", "ipvsadm -a -t 10.0.0.100:443 -r 10.1.0.1:80 -m -w 1"],
  },
  {
    about: "a service is there only",
    there: standby({ table: [entry(), entry({ fwmark: 7, family: "ipv6" } as Partial<Service>, server("fd00::1"))] }),
    finds: ["error", "peer-service-missing"],
    evidence: ["lb2: fwmark 7 ipv6 with 1 server", "lb1: no fwmark 7 ipv6"],
  },
  {
    about: "the scheduler",
    there: standby({ table: [entry({ scheduler: "rr" })] }),
    finds: ["error", "peer-service-differs"],
    evidence: ["lb1: -A -t 10.0.0.100:80 -s wlc", "lb2: -A -t 10.0.0.100:80 -s rr"],
    mended: ["peer", "ipvsadm -E -t 10.0.0.100:80 -s wlc"],
  },
  {
    about: "scheduler flags",
    here: active({ table: hashed("sh", one, two) }),
    there: standby({ table: [entry({ scheduler: "sh", flags: 0x10 }, one, two)] }),
    finds: ["error", "peer-service-differs"],
    evidence: ["lb1: -A -t 10.0.0.100:80 -s sh", "lb2: -A -t 10.0.0.100:80 -s sh -b sh-port"],
  },
  {
    about: "persistence",
    there: standby({ table: [entry({ flags: 1, timeout: 300 })] }),
    finds: ["error", "peer-service-differs"],
    evidence: ["lb1: -A -t 10.0.0.100:80 -s wlc", "lb2: -A -t 10.0.0.100:80 -s wlc -p 300"],
  },
  {
    about: "a server is missing there, where keepalived may have taken it out",
    there: standby({ table: servers(one, two) }),
    finds: ["warning", "peer-server-missing"],
    evidence: ["lb1: 10.0.0.100:80 -> 10.1.0.3:80, weight 1", "lb2: 10.0.0.100:80 has no 10.1.0.3:80"],
    mended: ["peer", "ipvsadm -a -t 10.0.0.100:80 -r 10.1.0.3:80 -m -w 1"],
  },
  {
    about: "a server is missing here, and no program checks servers",
    here: active({ table: servers(one, two), ...unchecked }),
    finds: ["error", "peer-server-missing"],
    evidence: ["lb2: 10.0.0.100:80 -> 10.1.0.3:80, weight 1", "lb1: 10.0.0.100:80 has no 10.1.0.3:80"],
    mended: ["director", "ipvsadm -a -t 10.0.0.100:80 -r 10.1.0.3:80 -m -w 1"],
  },
  {
    about: "forwarding",
    there: standby({ table: servers(one, two, { ...three, forwarding: "route" }) }),
    finds: ["error", "peer-server-differs"],
    evidence: ["lb1: -a -t 10.0.0.100:80 -r 10.1.0.3:80 -m -w 1", "lb2: -a -t 10.0.0.100:80 -r 10.1.0.3:80 -g -w 1"],
    mended: ["peer", "ipvsadm -e -t 10.0.0.100:80 -r 10.1.0.3:80 -m -w 1"],
  },
  {
    about: "thresholds",
    there: standby({ table: servers(one, two, { ...three, upperThreshold: 100 }) }),
    finds: ["error", "peer-server-differs"],
    evidence: [
      "lb1: -a -t 10.0.0.100:80 -r 10.1.0.3:80 -m -w 1",
      "lb2: -a -t 10.0.0.100:80 -r 10.1.0.3:80 -m -w 1 -x 100",
    ],
  },
  {
    about: "weight",
    there: standby({ table: servers(one, two, { ...three, weight: 4 }) }),
    finds: ["warning", "peer-weight-differs"],
    evidence: ["lb1: 10.0.0.100:80 -> 10.1.0.3:80, weight 1", "lb2: 10.0.0.100:80 -> 10.1.0.3:80, weight 4"],
    mended: ["peer", "ipvsadm -e -t 10.0.0.100:80 -r 10.1.0.3:80 -m -w 1"],
  },
  {
    about: "weight, which fills the table of sh",
    here: active({ table: hashed("sh", one, two) }),
    there: standby({ table: hashed("sh", one, { ...two, weight: 4 }) }),
    finds: ["error", "peer-weight-differs"],
    evidence: ["lb1: 10.0.0.100:80 -> 10.1.0.2:80, weight 1", "lb2: 10.0.0.100:80 -> 10.1.0.2:80, weight 4"],
  },
  {
    about: "weight 0 there",
    there: standby({ table: servers(one, two, { ...three, weight: 0 }) }),
    finds: ["warning", "peer-weight-zero"],
    evidence: ["lb1: 10.0.0.100:80 -> 10.1.0.3:80, weight 1", "lb2: 10.0.0.100:80 -> 10.1.0.3:80, weight 0"],
    mended: ["peer", "ipvsadm -e -t 10.0.0.100:80 -r 10.1.0.3:80 -m -w 1"],
  },
  {
    about: "weight 0 here, where nothing checks servers",
    here: active({ table: servers(one, two, { ...three, weight: 0 }), ...unchecked }),
    finds: ["warning", "peer-weight-zero"],
    evidence: ["lb1: 10.0.0.100:80 -> 10.1.0.3:80, weight 0", "lb2: 10.0.0.100:80 -> 10.1.0.3:80, weight 1"],
    mended: ["director", "ipvsadm -e -t 10.0.0.100:80 -r 10.1.0.3:80 -m -w 1"],
  },
  ...["sh", "dh", "mh"].map(
    (scheduler): Fault => ({
      about: `the order of ${scheduler} in a pair`,
      here: active({ table: hashed(scheduler, one, two, three) }),
      there: standby({ table: hashed(scheduler, two, three, one) }),
      finds: ["warning", "peer-order"],
      evidence: [
        "lb1: 10.0.0.100:80, oldest first: 10.1.0.1:80, 10.1.0.2:80, 10.1.0.3:80",
        "lb2: 10.0.0.100:80, oldest first: 10.1.0.2:80, 10.1.0.3:80, 10.1.0.1:80",
      ],
      mended: [
        "peer",
        ...[two, three].flatMap(({ address }) => [
          `ipvsadm -d -t 10.0.0.100:80 -r ${address}:80`,
          `ipvsadm -a -t 10.0.0.100:80 -r ${address}:80 -m -w 1`,
        ]),
      ],
    }),
  ),
  {
    about: "the order of mh in a fleet",
    here: member("lb1"),
    there: member("lb2", { table: [entry({ scheduler: "mh", flags: 0x18 }, three, two, one)] }),
    finds: ["error", "peer-order"],
    evidence: ["lb2: 10.0.0.100:80, oldest first: 10.1.0.3:80, 10.1.0.2:80, 10.1.0.1:80"],
  },
  {
    about: "a kernel whose table of mh is larger",
    here: member("lb1"),
    there: member("lb2", { kernel: { ...member("lb2").kernel, tables: { sh: 8, dh: 8, mh: 15 } } }),
    finds: ["error", "peer-hashing"],
    evidence: ["lb1: CONFIG_IP_VS_MH_TAB_INDEX=12", "lb2: CONFIG_IP_VS_MH_TAB_INDEX=15"],
  },
  {
    about: "a kernel that hashes sh in another way",
    here: active({ table: hashed("sh", one, two) }),
    there: standby({
      table: hashed("sh", one, two),
      kernel: { release: "3.10.0-1160.el7.x86_64", machine: "x86_64" },
    }),
    finds: ["warning", "peer-hashing"],
    evidence: ["lb1: Linux 6.1.0-30-amd64 on x86_64", "lb2: Linux 3.10.0-1160.el7.x86_64 on x86_64"],
  },
  {
    about: "a machine of 32 bits",
    here: member("lb1"),
    there: member("lb2", { kernel: { release: "6.1.0-30-armmp", machine: "armv7l" } }),
    finds: ["error", "peer-hashing"],
    evidence: ["lb2: Linux 6.1.0-30-armmp on armv7l"],
  },
];

const SYNC: readonly Fault[] = [
  {
    about: "no daemon there",
    there: standby({ daemons: [] }),
    finds: ["error", "peer-sync-missing"],
    evidence: ["lb1: master sync daemon on eth1, id 7", "lb2: no sync daemon"],
    mended: ["peer", "ipvsadm --start-daemon backup --mcast-interface eth1 --syncid 7"],
  },
  {
    about: "two masters, clients come here",
    there: standby({ daemons: [daemon("master")] }),
    finds: ["error", "peer-sync-roles"],
    evidence: ["lb1: master sync daemon on eth1, id 7", "lb2: master sync daemon on eth1, id 7"],
    mended: [
      "peer",
      "ipvsadm --stop-daemon master --syncid 7",
      "ipvsadm --start-daemon backup --mcast-interface eth1 --syncid 7",
    ],
  },
  {
    about: "two backups, clients come here",
    here: active({ daemons: [daemon("backup")] }),
    finds: ["error", "peer-sync-roles"],
    evidence: ["lb1: backup sync daemon on eth1, id 7"],
    mended: [
      "director",
      "ipvsadm --stop-daemon backup --syncid 7",
      "ipvsadm --start-daemon master --mcast-interface eth1 --syncid 7",
    ],
  },
  {
    about: "no daemon here listens to the standby once it is master",
    there: standby({ daemons: both() }),
    finds: ["warning", "peer-sync-roles"],
    evidence: ["lb2: master sync daemon on eth1, id 7; backup sync daemon on eth1, id 7"],
    mended: ["director", "ipvsadm --start-daemon backup --mcast-interface eth1 --syncid 7"],
  },
  {
    about: "the roles are the wrong way round",
    here: active({ daemons: [daemon("backup")] }),
    there: standby({ daemons: [daemon("master")] }),
    finds: ["error", "peer-sync-backwards"],
    evidence: ["lb1: has the virtual addresses, the other one has none of them"],
    mended: ["director", "ipvsadm --start-daemon master --mcast-interface eth1 --syncid 7"],
  },
  {
    about: "the interface does not exist",
    there: standby({ syncInterfaces: [] }),
    finds: ["error", "peer-sync-interface"],
    evidence: ["lb2: backup sync daemon on eth1: no such interface"],
    mended: ["peer", "ip link show"],
  },
  {
    about: "the interface is down",
    here: active({ syncInterfaces: [{ ...eth1, up: false, carrier: false }] }),
    finds: ["error", "peer-sync-interface"],
    evidence: ["lb1: master sync daemon on eth1: down"],
    mended: ["director", "ip link set eth1 up"],
  },
  {
    about: "the interface has no carrier",
    there: standby({ syncInterfaces: [{ ...eth1, carrier: false }] }),
    finds: ["error", "peer-sync-interface"],
    evidence: ["lb2: backup sync daemon on eth1: no carrier"],
  },
  {
    about: "the interface does no multicast",
    there: standby({ syncInterfaces: [{ ...eth1, multicast: false }] }),
    finds: ["error", "peer-sync-interface"],
    evidence: ["lb2: backup sync daemon on eth1: does no multicast"],
    mended: ["peer", "ip link set eth1 multicast on"],
  },
  {
    about: "the id",
    there: standby({ daemons: [daemon("backup", { syncId: 8 })] }),
    finds: ["error", "peer-sync-id"],
    evidence: ["lb1: master sync daemon on eth1: id 7", "lb2: backup sync daemon on eth1: id 8"],
    mended: [
      "peer",
      "ipvsadm --stop-daemon backup --syncid 8",
      "ipvsadm --start-daemon backup --mcast-interface eth1 --syncid 7 --sync-maxlen 1472",
    ],
  },
  {
    about: "a master with id 0, and a backup that wants another",
    here: active({ daemons: [daemon("master", { syncId: 0 })] }),
    finds: ["error", "peer-sync-id"],
    evidence: ["lb1: master sync daemon on eth1: id 0", "lb2: backup sync daemon on eth1: id 7"],
  },
  {
    about: "the group",
    there: standby({ daemons: [daemon("backup", { multicastGroup: "239.1.2.3" })] }),
    finds: ["error", "peer-sync-group"],
    evidence: [
      "lb1: master sync daemon on eth1: group and port 224.0.0.81:8848",
      "lb2: backup sync daemon on eth1: group and port 239.1.2.3:8848",
    ],
  },
  {
    about: "the port",
    there: standby({ daemons: [daemon("backup", { multicastPort: 8849 })] }),
    finds: ["error", "peer-sync-group"],
    evidence: ["lb2: backup sync daemon on eth1: group and port 224.0.0.81:8849"],
  },
  {
    about: "the TTL",
    there: standby({ daemons: [daemon("backup", { multicastTtl: 4 })] }),
    finds: ["info", "peer-sync-ttl"],
    evidence: ["lb1: master sync daemon on eth1: ttl 1", "lb2: backup sync daemon on eth1: ttl 4"],
  },
  {
    about: "a router between them, which a TTL of 1 does not pass",
    there: standby({ syncInterfaces: [{ ...eth1, networks: ["192.168.8.0/24"] }] }),
    finds: ["warning", "peer-sync-ttl"],
    evidence: [
      "lb1: networks of that interface: 192.168.7.0/24, fe80::/64",
      "lb2: networks of that interface: 192.168.8.0/24",
    ],
  },
  {
    about: "messages that the backup cuts",
    here: active({
      daemons: [daemon("master", { syncMaxLength: 8972 })],
      syncInterfaces: [{ ...eth1, mtu: 9000 }],
    }),
    there: standby({ syncInterfaces: [{ ...eth1, mtu: 9000 }] }),
    finds: ["error", "peer-sync-length"],
    evidence: [
      "lb1: master sync daemon on eth1: sync-maxlen 8972",
      "lb2: backup sync daemon on eth1: sync-maxlen 1472",
    ],
  },
  {
    about: "messages above the mtu there",
    there: standby({ syncInterfaces: [{ ...eth1, mtu: 1400 }] }),
    finds: ["error", "peer-sync-length"],
    evidence: [
      "lb1: master sync daemon on eth1: sync-maxlen 1472, mtu 1500",
      "lb2: backup sync daemon on eth1: mtu 1400",
    ],
  },
  {
    about: "messages in fragments",
    here: active({ daemons: [daemon("master", { syncMaxLength: 4000 })] }),
    there: standby({ daemons: [daemon("backup", { syncMaxLength: 4000 })] }),
    finds: ["info", "peer-sync-length"],
    evidence: ["lb1: master sync daemon on eth1: sync-maxlen 4000, mtu 1500"],
  },
  {
    about: "servers of another family",
    here: active({
      table: [entry(), entry({ port: 443 }, server("fd00::1", { forwarding: "tunnel" }))],
      daemons: [],
    }),
    there: standby({
      table: [entry(), entry({ port: 443 }, server("fd00::1", { forwarding: "tunnel" }))],
      daemons: [],
    }),
    finds: ["info", "peer-sync-none"],
    evidence: ["lb1: no sync daemon", "lb2: no sync daemon"],
  },
  {
    about: "no daemons at all, in a pair",
    here: active({ daemons: [] }),
    there: standby({ daemons: [] }),
    finds: ["info", "peer-sync-none"],
    evidence: ["lb1: no sync daemon", "lb2: no sync daemon"],
  },
  {
    about: "nothing arrives",
    there: standby({ connections: { active: 0, inactive: 0, persistent: 0 } }),
    finds: ["warning", "peer-sync-silent"],
    evidence: ["lb1: master sync daemon, 60 active connections", "lb2: backup sync daemon, no connections at all"],
  },
];

const v6 = [entry(), entry({ address: "fd00::100", netmask: 128 }, server("fd01::1"))];

const SETTINGS: readonly Fault[] = [
  {
    about: "timeouts",
    there: standby({ timeouts: { tcp: 900, tcpFin: 30, udp: 60 } }),
    finds: ["warning", "peer-timeouts"],
    evidence: ["lb1: timeout tcpfin 120, timeout udp 300", "lb2: timeout tcpfin 30, timeout udp 60"],
    mended: ["peer", "ipvsadm --set 900 120 300"],
  },
  {
    about: "messages of version 0, from both",
    here: active({ table: v6, parameters: parameters({ "net.ipv4.vs.sync_version": "0" }) }),
    there: standby({ table: v6, parameters: parameters({ "net.ipv4.vs.sync_version": "0" }) }),
    finds: ["warning", "peer-sync-old"],
    evidence: ["lb1: net.ipv4.vs.sync_version = 0", "lb1: [fd00::100]:80: IPv6"],
    mended: ["director", "sysctl -w net.ipv4.vs.sync_version=1"],
  },
  {
    about: "the virtual address is nowhere",
    here: active({ virtualAddresses: [{ address: "10.0.0.100", local: false }] }),
    finds: ["error", "peer-vip-nowhere"],
    evidence: ["lb1: 10.0.0.100 is not local", "lb2: 10.0.0.100 is not local"],
  },
  {
    about: "the virtual address is on both, in one network",
    there: standby({ virtualAddresses: active().virtualAddresses! }),
    finds: ["error", "peer-vip-both"],
    evidence: [
      "lb1: 10.0.0.100 is local on eth0, and answers in 10.0.0.0/24",
      "lb2: 10.0.0.100 is local on eth0, and answers in 10.0.0.0/24",
    ],
  },
  {
    about: "the virtual address is on both, and routed to them, where VRRP runs",
    here: active({ virtualAddresses: [{ address: "10.0.0.100", local: true, interface: "eth0", arp: true }] }),
    there: standby({ virtualAddresses: [{ address: "10.0.0.100", local: true, interface: "eth0", arp: true }] }),
    finds: ["warning", "peer-vip-both"],
    evidence: ["lb2: 10.0.0.100 is local on eth0"],
  },
  {
    about: "the virtual address is on loopback, and ARP tells of it",
    here: member("lb1", {
      virtualAddresses: [{ address: "10.0.0.100", local: true, interface: "lo", arp: false, answersIn: "10.0.0.0/24" }],
    }),
    there: member("lb2", {
      virtualAddresses: [{ address: "10.0.0.100", local: true, interface: "lo", arp: false, answersIn: "10.0.0.0/24" }],
    }),
    finds: ["error", "peer-vip-both"],
    evidence: ["lb1: 10.0.0.100 is local on lo, and answers in 10.0.0.0/24"],
    mended: ["director", "sysctl -w net.ipv4.conf.all.arp_ignore=1", "sysctl -w net.ipv4.conf.all.arp_announce=2"],
  },
  {
    about: "one of a fleet lacks the virtual address",
    here: member("lb1"),
    there: member("lb2", { virtualAddresses: [{ address: "10.0.0.100", local: false }] }),
    finds: ["warning", "peer-vip-one"],
    evidence: ["lb1: 10.0.0.100 is local on lo", "lb2: 10.0.0.100 is not local"],
    mended: ["peer", "ip addr add 10.0.0.100/32 dev lo"],
  },
];

describe("two directors that fit together:", () => {
  it.each<[string, Side, Side]>([
    ["a pair with VRRP", active(), standby()],
    ["the same, asked at the standby", standby(), active()],
    ["both daemons on both", active({ daemons: both() }), standby({ daemons: both() })],
    [
      "both daemons on both, each direction with an id of its own",
      active({ daemons: [daemon("master", { syncId: 1 }), daemon("backup", { syncId: 2 })] }),
      standby({ daemons: [daemon("master", { syncId: 2 }), daemon("backup", { syncId: 1 })] }),
    ],
    ["a backup that accepts all ids", active(), standby({ daemons: [daemon("backup", { syncId: 0 })] })],
    [
      "interfaces of other names",
      active(),
      standby({
        daemons: [daemon("backup", { interface: "ens5" })],
        syncInterfaces: [{ ...eth1, name: "ens5" }],
      }),
    ],
    ["a fleet with ECMP", member("lb1"), member("lb2")],
    [
      "a pair whose standby is a real server too, with the address on loopback",
      active(),
      standby({ virtualAddresses: [{ address: "10.0.0.100", local: true, interface: "lo", arp: false }] }),
    ],
    [
      "VRRP that moves the address of a loopback interface",
      active({ virtualAddresses: member("lb1").virtualAddresses! }),
      standby(),
    ],
    ["wlc, which does not heed the order", active(), standby({ table: servers(three, one, two) })],
    [
      "memory that is short on one side",
      active({ parameters: parameters({ "net.ipv4.vs.drop_entry": "1" }) }),
      standby({ parameters: parameters({ "net.ipv4.vs.drop_entry": "2" }) }),
    ],
    [
      "a kernel that lacks a parameter",
      active(),
      standby({ parameters: parameters({ "net.ipv4.vs.conn_max": undefined }) }),
    ],
    [
      "direct routing, which asks for no forwarding",
      active({ table: servers({ ...one, forwarding: "route" }) }),
      standby({
        table: servers({ ...one, forwarding: "route" }),
        parameters: parameters({ "net.ipv4.ip_forward": "0" }),
      }),
    ],
    [
      "no daemons, which makes their parameters no matter",
      member("lb1"),
      member("lb2", { parameters: parameters({ "net.ipv4.vs.sync_threshold": "1 10" }) }),
    ],
    [
      "few connections, of which none need have been told",
      active({ connections: { active: 49, inactive: 900, persistent: 0 } }),
      standby({ connections: { active: 0, inactive: 0, persistent: 0 } }),
    ],
    [
      "sizes of tables that one kernel does not tell",
      member("lb1"),
      member("lb2", { kernel: { release: "6.12.1", machine: "aarch64" } }),
    ],
  ])("%s", (_, here, there) => expect(find(here, there)).toEqual([]));
});

describe.each([
  ["the tables", TABLE],
  ["the sync daemons", SYNC],
  ["addresses and settings", SETTINGS],
])("a fault of %s is found, and nothing else:", (_, faults) => {
  it.each(faults.map((fault) => [fault.about, fault] as const))("%s", (_, fault) => {
    const { here = active(), there = standby(), finds, evidence, mended } = fault;
    const findings = find(here, there);
    expect(named(findings)).toEqual([finds.join(" ")]);
    for (const text of evidence) expect(findings[0]!.evidence).toContain(text);
    if (mended !== undefined) expect(commands(findings)[0]).toEqual(mended);
  });
});

describe("kernel parameters", () => {
  it.each(PARAMETERS.map(({ name, usual, severity, relevance }) => [name, usual, severity, relevance] as const))(
    "%s has to agree",
    (name, usual, severity, relevance) => {
      const changed = parameters({ [name]: usual === "0" ? "1" : "0" });
      const usually = parameters({ [name]: usual });
      const table = relevance === "nat ipv6" ? v6 : [entry()];
      const [here, there] = [active({ table, parameters: usually }), standby({ table, parameters: changed })];
      const findings = find(here, there);
      expect(named(findings)).toEqual([`${severity} peer-parameter`]);
      expect(findings[0]!.title).toBe(`${name} differs`);
      // The side that has what Linux sets was forgotten.
      expect(findings[0]!.remedies[0]!.on).toBe("director");
      const turned = find(active({ table, parameters: changed }), standby({ table, parameters: usually }));
      expect(turned[0]!.remedies[0]!.on).toBe("peer");
    },
  );

  it("of two numbers are quoted for a shell", () => {
    const [finding] = find(active(), standby({ parameters: parameters({ "net.ipv4.vs.sync_threshold": "1 10" }) }));
    expect(finding!.remedies[0]!.commands).toEqual(["sysctl -w 'net.ipv4.vs.sync_threshold=1 10'"]);
  });
});

describe("a comparison", () => {
  it("finds servers of another family where daemons are wanted", () => {
    const mixed = [entry(), entry({ port: 443 }, server("fd00::1", { forwarding: "tunnel" }))];
    const findings = find(active(), standby({ table: mixed, daemons: [] }));
    expect(named(findings)).toEqual(["error peer-service-missing", "error peer-sync-missing", "error peer-sync-mixed"]);
  });

  it("says how many clients get another server", () => {
    const [sh] = find(
      active({ table: hashed("sh", one, two, three) }),
      standby({ table: hashed("sh", three, two, one) }),
    );
    expect(sh!.evidence[2]).toMatch(/^10\.0\.0\.100:80: (6[0-9]|7[0-5]) % of all clients get another server/);
    const [mh] = find(
      active({ table: hashed("mh", one, two, three) }),
      standby({ table: hashed("mh", three, two, one) }),
    );
    expect(mh!.evidence[2]).toMatch(/: (less than 0\.1|\d\.\d) % of all clients/);
    const off = hashed("mh", three, two, { ...one, weight: 0 });
    const [unknown] = find(active({ table: hashed("mh", two, three, { ...one, weight: 0 }) }), standby({ table: off }));
    expect(unknown!.evidence).toHaveLength(2);
  });

  it("asks for equal servers before their order is put right", () => {
    const findings = find(
      active({ table: hashed("mh", one, two, three) }),
      standby({ table: hashed("mh", three, one), writers: [] }),
    );
    expect(named(findings)).toEqual(["error peer-server-missing", "warning peer-order"]);
    expect(findings[1]).toMatchObject({
      why: expect.stringContaining("First give both the same servers"),
      remedies: [],
    });
  });

  it("shows the servers that stand elsewhere, and moves many of them by a file, unless 1.31 is there", () => {
    const many = Array.from({ length: 60 }, (_, n) => server(`10.1.0.${n + 1}`));
    const turned = [...many.slice(0, 30), ...many.slice(30).reverse()];
    const there = standby({ table: hashed("mh", ...turned) });
    const [finding] = find(active({ table: hashed("mh", ...many) }), there);
    expect(finding!.evidence[0]).toMatch(/oldest first: place 31 on: 10\.1\.0\.31:80, .*, 10\.1\.0\.38:80$/);
    expect(finding!.evidence[1]).toMatch(/oldest first: place 31 on: 10\.1\.0\.60:80, /);
    expect(finding!.remedies).toMatchObject([
      {
        on: "peer",
        note: "With the file that ipvsadm-save --nosort > table.rules writes on lb1:",
        commands: ["ipvsadm apply --order --dry-run table.rules", "ipvsadm apply --order table.rules"],
      },
      { on: "director", note: "Or with the file that ipvsadm-save --nosort > table.rules writes on lb2:" },
    ]);
    const [old] = find(active({ table: hashed("mh", ...many) }), { ...there, original: true });
    expect(old!.remedies[0]!.commands).toHaveLength(58);
  });

  it("computes how many clients are concerned for the first services only", () => {
    const list = Array.from({ length: 3000 }, (_, n) => ({ address: `10.2.${n >> 8}.${n & 255}` }));
    const tables = [
      [one, two, three],
      [three, two, one],
    ].map((order) => list.map(({ address }) => entry({ scheduler: "mh", address }, ...order)));
    const addresses = list.map(({ address }) => ({ address, local: true, interface: "lo", arp: false }));
    const [finding] = find(
      member("lb1", { table: tables[0]!, virtualAddresses: addresses }),
      member("lb2", { table: tables[1]!, virtualAddresses: addresses }),
    );
    expect(finding!.concerns).toHaveLength(3000);
    expect(finding!.evidence).toHaveLength(6008);
  });

  it("names keepalived where a server may have failed its check, and where it would undo a change", () => {
    const [finding] = find(active(), standby({ table: servers(one, two) }));
    expect(finding!.why).toBe(
      "They may have failed a check on lb2: keepalived takes such servers out. If they have not, clients lose their connections when lb2 takes over.",
    );
    expect(finding!.remedies[0]!.instead![0]).toMatch(/^keepalived runs there\. .*real_server blocks/);
    expect(finding!.remedies[1]!.instead![0]).toMatch(/^keepalived runs here\. /);
    const [zero] = find(active(), standby({ table: servers(one, two, { ...three, weight: 0 }) }));
    expect(zero!.why).toContain(
      "They may have failed a check on lb2: keepalived takes the weight of such servers away",
    );
    const [drained] = find(active(), standby({ table: servers(one, two, { ...three, weight: 0 }), ...unchecked }));
    expect(drained!.why).toMatch(/^They may be drained there on purpose/);
  });

  it("quotes names that a shell would take for something else", () => {
    const odd = daemon("backup", { interface: "$(reboot)'" });
    const [finding] = find(
      active({ daemons: [] }),
      standby({ daemons: [odd], syncInterfaces: [{ ...eth1, name: odd.interface }] }),
    );
    expect(finding!.remedies[0]!.commands).toEqual([
      `ipvsadm --start-daemon master --mcast-interface '$(reboot)'\\''' --syncid 7`,
    ]);
  });

  it("calls two hosts of one name by their places", () => {
    const [finding] = find(active(), standby({ host: "lb1", timeouts: { tcp: 1, tcpFin: 120, udp: 300 } }));
    expect(finding!.evidence).toEqual(["lb1 (here): timeout tcp 900", "lb1 (there): timeout tcp 1"]);
  });

  it("finds nothing where the other side tells nothing, and compares what 1.31 tells", () => {
    const told: Side = { host: "lb2", table: [entry()], original: true, unread: [] };
    expect(find(active(), told)).toEqual([]);
    const local = servers({ ...one, forwarding: "local" });
    expect(find(active({ table: local }), { ...told, table: servers({ ...one, forwarding: "route" }) })).toEqual([]);
    const masked = [{ ...entry(), service: { ...web, netmask: "255.255.255.0" } }];
    expect(find(active({ table: masked }), told)).toEqual([]);
    expect(named(find(active(), { ...told, table: servers(one, two) }))).toEqual(["warning peer-server-missing"]);
  });

  it("has a name of its own for each check", () => {
    const ids = PAIR_CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^peer(-[a-z]+)+$/.test(id))).toBe(true);
    const covered = new Set([...TABLE, ...SYNC, ...SETTINGS].map(({ finds }) => finds[1]));
    expect(ids.filter((id) => !covered.has(id)).sort()).toEqual(["peer-parameter", "peer-sync-mixed"]);
  });
});

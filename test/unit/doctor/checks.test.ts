import { describe, expect, it } from "vitest";
import { runDoctor } from "../../../src/doctor/doctor.js";
import type { Finding } from "../../../src/doctor/finding.js";
import type { Director } from "../../../src/doctor/gather.js";
import { parseIptables } from "../../../src/host/firewall/iptables.js";
import { parseNft } from "../../../src/host/firewall/nft.js";
import type { Host, RoutingRule } from "../../../src/host/host.js";
import { IP_VS_SVC_F_PERSISTENT, IP_VS_SVC_F_SCHED1 } from "../../../src/model/service.js";
import { connection, entry, host, LINKS, RULES, type Snapshot, server, table } from "./snapshot.js";

const INFO = { version: 0x010201, connectionTableSize: 4096 };
const TIMEOUTS = { tcp: 900, tcpFin: 120, udp: 300 };

async function find(id: string, director: Partial<Director>, seen: Snapshot | Host = {}): Promise<Finding | undefined> {
  const given = "sysctl" in seen ? (seen as Host) : host(seen as Snapshot);
  const full = { table: table(server("10.0.0.42")), info: INFO, timeouts: TIMEOUTS, daemons: [], ...director };
  return (await runDoctor(full, given)).findings.find((finding) => finding.id === id);
}

const nat = (rules: readonly string[], program = "iptables") =>
  parseIptables(["*nat", ":POSTROUTING ACCEPT [0:0]", ...rules, "COMMIT"].join("\n"), "ipv4", program);
const filter = (rules: readonly string[]) =>
  parseIptables(
    ["*filter", ":INPUT ACCEPT [0:0]", ":FORWARD ACCEPT [0:0]", ...rules, "COMMIT"].join("\n"),
    "ipv4",
    "iptables",
  );

const stuck = [connection("10.0.0.42", "SYN_RECV")];
const silent = { connections: [stuck, stuck] };

describe("checks whose state belongs to the whole kernel or to other programs", () => {
  it("conntrack-full: warns at 80 %, is an error at 95 %, and shows packets that were dropped", async () => {
    const at = (count: number) => ({
      sysctls: { "net.netfilter.nf_conntrack_count": String(count), "net.netfilter.nf_conntrack_max": "1000" },
      counters: { conntrackDrops: 7 },
    });
    expect(await find("conntrack-full", {}, at(799))).toBeUndefined();
    expect(await find("conntrack-full", {}, at(800))).toMatchObject({ severity: "warning", concerns: [] });
    const full = await find("conntrack-full", {}, at(950));
    expect(full).toMatchObject({
      severity: "error",
      remedies: [{ commands: ["sysctl -w net.netfilter.nf_conntrack_max=4000"] }],
    });
    expect(full!.evidence).toContain("/proc/net/stat/nf_conntrack: 7 packets dropped since boot");
  });

  it("connection-reuse-stall: by the file that newer kernels have, then by the release", async () => {
    const tracked = { "net.ipv4.vs.conntrack": "1" };
    const old = (release: string, sysctls: Record<string, string> = {}): Host => {
      const base = host({ release, sysctls: { ...tracked, ...sysctls } });
      return { ...base, sysctl: (name) => (name === "net.ipv4.vs.run_estimation" ? undefined : base.sysctl(name)) };
    };
    expect(await find("connection-reuse-stall", {}, old("4.18.0-305.el8"))).toMatchObject({ severity: "warning" });
    expect(await find("connection-reuse-stall", {}, old("5.8.18"))).toBeDefined();
    expect(await find("connection-reuse-stall", {}, old("5.9.0"))).toBeUndefined();
    expect(
      await find("connection-reuse-stall", {}, old("4.18.0", { "net.ipv4.vs.conn_reuse_mode": "0" })),
    ).toBeUndefined();
    expect(await find("connection-reuse-stall", {}, old("4.18.0", { "net.ipv4.vs.conntrack": "0" }))).toBeUndefined();
    expect(await find("connection-reuse-stall", {}, { release: "4.18.0", sysctls: tracked })).toBeUndefined();
  });

  it("connection-table-small: from eight connections per bucket", async () => {
    const busy = (count: number) => ({
      table: table(server("10.0.0.42", { activeConnections: 1, inactiveConnections: count - 1 })),
    });
    expect(await find("connection-table-small", busy(8 * 4096 - 1))).toBeUndefined();
    const finding = await find("connection-table-small", busy(8 * 4096));
    expect(finding).toMatchObject({ severity: "warning", evidence: ["32768 connections in 4096 buckets"] });
    expect(finding!.remedies[0]!.commands[0]).toContain("conn_tab_bits=15");
  });

  it("other-owner: one is worth a note, two that certainly write the table a warning", async () => {
    const links = [...LINKS, { ...LINKS[1]!, index: 3, name: "kube-ipvs0" }];
    expect(await find("other-owner", {}, { processes: ["keepalived"] })).toMatchObject({
      severity: "info",
      title: "keepalived may write this table",
    });
    expect(await find("other-owner", {}, { processes: ["kube-proxy"] })).toBeUndefined();
    expect(await find("other-owner", {}, { processes: ["keepalived", "kube-proxy"], links })).toMatchObject({
      severity: "info",
    });
    expect(await find("other-owner", {}, { processes: ["ldirectord", "kube-proxy"], links })).toMatchObject({
      severity: "warning",
      title: "ldirectord and kube-proxy write this table",
      evidence: ["ldirectord is running", "kube-proxy is running, interface kube-ipvs0"],
    });
  });

  it("port-not-mapped: a warning, an error once clients get no answer, nothing where they do", async () => {
    const director = { table: table(server("10.0.0.42", { forwarding: "route", port: 8080 })) };
    const to8080 = (state: string) => [
      connection("10.0.0.42", state, { destination: { address: "10.0.0.42", port: 8080 } }),
    ];
    expect(await find("port-not-mapped", director)).toMatchObject({
      severity: "warning",
      evidence: ["10.0.0.42:8080: service port 80"],
    });
    expect(await find("port-not-mapped", director, { connections: [to8080("SYN_RECV")] })).toMatchObject({
      severity: "error",
    });
    expect(await find("port-not-mapped", director, { connections: [to8080("ESTABLISHED")] })).toBeUndefined();
    expect(await find("port-not-mapped", { table: table(server("10.0.0.42", { port: 8080 })) })).toBeUndefined();
  });
});

describe("no false alarm", () => {
  it("vip-not-local: a standby is noted only, and traffic seen is proof enough", async () => {
    const routes = { "10.0.0.100": { type: "unicast", link: 2 } } as const;
    expect(await find("vip-not-local", {}, { routes })).toMatchObject({
      severity: "error",
      remedies: [{ commands: ["ip addr add 10.0.0.100/32 dev eth0"] }],
    });
    expect(await find("vip-not-local", {}, { routes, processes: ["keepalived"] })).toMatchObject({ severity: "info" });
    const backup = [{ state: "backup", interface: "eth0", syncId: 1 }] as const;
    expect(await find("vip-not-local", { daemons: backup }, { routes })).toMatchObject({ severity: "info" });
    const busy = [entry([server("10.0.0.42")], {}, { inPacketRate: 3n })];
    expect(await find("vip-not-local", { table: busy }, { routes })).toBeUndefined();
  });

  it("silence: half open handshakes that go on by the second look are no sign", async () => {
    expect(await find("nat-no-return-path", {}, silent)).toBeDefined();
    expect(await find("nat-no-return-path", {}, { connections: [stuck, []] })).toBeUndefined();
    const goesOn = [connection("10.0.0.42", "ESTABLISHED")];
    expect(await find("nat-no-return-path", {}, { connections: [stuck, goesOn] })).toBeUndefined();
  });

  it("silence: a server that answered others answers", async () => {
    const other = connection("10.0.0.42", "TIME_WAIT", { client: { address: "10.0.0.9", port: 1 } });
    expect(await find("nat-no-return-path", {}, { connections: [[...stuck, other]] })).toBeUndefined();
  });

  it("silence: unless it has just stopped, as its rates show", async () => {
    const old = connection("10.0.0.42", "ESTABLISHED", { client: { address: "10.0.0.9", port: 1 } });
    const stats = { inPackets: 900n, outPackets: 800n, inPacketRate: 5n, outPacketRate: 0n };
    const director = { table: table(server("10.0.0.42", { stats })) };
    expect(await find("nat-no-return-path", director, { connections: [[...stuck, old]] })).toBeDefined();
  });

  it("nat-no-return-path: counters alone tell for NAT, where the server's packets are counted", async () => {
    const stats = { connections: 2n, inPackets: 4n };
    expect(await find("nat-no-return-path", { table: table(server("10.0.0.42", { stats })) })).toMatchObject({
      severity: "error",
    });
    const direct = { table: table(server("10.0.0.42", { forwarding: "route", stats })) };
    expect(await find("direct-silent", direct)).toBeUndefined();
  });

  it("snat-without-conntrack: a general rule need not be meant for IPVS, one for IPVS is", async () => {
    const general = nat(["-A POSTROUTING -o eth0 -j MASQUERADE"]);
    const own = nat(["-A POSTROUTING -m ipvs --vaddr 10.0.0.100 -j MASQUERADE"]);
    expect(await find("snat-without-conntrack", {}, { firewall: general })).toBeUndefined();
    expect(await find("snat-without-conntrack", {}, { firewall: general, ...silent })).toMatchObject({
      severity: "error",
    });
    expect(await find("snat-without-conntrack", {}, { firewall: own })).toMatchObject({ severity: "error" });
    const works = { connections: [[connection("10.0.0.42", "ESTABLISHED")]] };
    expect(await find("snat-without-conntrack", {}, { firewall: own, ...works })).toBeUndefined();
    const tracked = { "net.ipv4.vs.conntrack": "1" };
    expect(await find("snat-without-conntrack", {}, { firewall: own, sysctls: tracked })).toBeUndefined();
  });

  it("a symptom is not reported where an error explains it", async () => {
    expect(
      await find("nat-no-return-path", {}, { ...silent, sysctls: { "net.ipv4.ip_forward": "0" } }),
    ).toBeUndefined();
    const failed = [{ address: "10.0.0.42", link: 2, state: "failed" }] as const;
    expect(await find("nat-no-return-path", {}, { ...silent, neighbours: failed })).toBeUndefined();
    expect(await find("neighbour-failed", {}, { ...silent, neighbours: failed })).toBeDefined();
  });

  it("neighbour-failed: a question under way is no failure, unless clients wait for it", async () => {
    const neighbours = [{ address: "10.0.0.42", link: 2, state: "incomplete" }] as const;
    expect(await find("neighbour-failed", {}, { neighbours })).toBeUndefined();
    expect(await find("neighbour-failed", {}, { neighbours, ...silent })).toMatchObject({ severity: "error" });
  });

  it("servers on this host, and servers that take no new connections, need no way out", async () => {
    const routes = { "10.0.0.42": { type: "local", link: 1 } } as const;
    const sysctls = { "net.ipv4.ip_forward": "0" };
    expect(await find("forwarding-off", {}, { routes, sysctls })).toBeUndefined();
    const drained = { table: table(server("10.0.0.42", { weight: 0 }), server("10.0.0.78")) };
    expect(await find("server-unreachable", drained, { routes: { "10.0.0.42": { type: "none" } } })).toBeUndefined();
  });

  it("send-redirects: not for clients elsewhere, nor where servers see this director's address", async () => {
    const sysctls = { "net.ipv4.conf.all.send_redirects": "1" };
    const works = { connections: [[connection("10.0.0.42", "ESTABLISHED")]] };
    expect(await find("send-redirects", {}, { sysctls, ...works })).toMatchObject({ severity: "warning" });
    const routes = { "10.0.0.8": { type: "unicast", link: 3 } } as const;
    expect(await find("send-redirects", {}, { sysctls, ...works, routes })).toBeUndefined();
    const firewall = nat(["-A POSTROUTING -m ipvs --ipvs -j MASQUERADE"]);
    const translated = { ...sysctls, "net.ipv4.vs.conntrack": "1" };
    expect(await find("send-redirects", {}, { sysctls: translated, firewall, ...works })).toBeUndefined();
  });

  it("firewall-drops-invalid: not where packets are taken out of connection tracking", async () => {
    const drops = filter(["-A INPUT -m conntrack --ctstate INVALID -j DROP"]);
    const raw = parseIptables(
      "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 10.0.0.100/32 -j CT --notrack\nCOMMIT",
      "ipv4",
      "iptables",
    );
    expect(await find("firewall-drops-invalid", {}, { firewall: drops })).toMatchObject({ severity: "warning" });
    expect(await find("firewall-drops-invalid", {}, { firewall: [...drops, ...raw] })).toBeUndefined();
    const sysctls = { "net.ipv4.vs.conntrack": "1" };
    expect(await find("firewall-drops-invalid", {}, { firewall: drops, sysctls })).toBeUndefined();
  });

  it("backup-only: a standby that only has a backup daemon is meant to be passed by", async () => {
    const sysctls = { "net.ipv4.vs.backup_only": "1" };
    const daemon = (state: "master" | "backup") => ({ state, interface: "eth0", syncId: 1 });
    expect(await find("backup-only", { daemons: [daemon("backup")] }, { sysctls })).toBeUndefined();
    expect(await find("backup-only", { daemons: [daemon("backup"), daemon("master")] }, { sysctls })).toBeDefined();
  });

  it("sync-seldom: not where the time since the last message decides, nor on a director that only listens", async () => {
    const daemon = (state: "master" | "backup") => [{ state, interface: "eth0", syncId: 1 }];
    const told = (threshold: string, refresh: string) => ({
      sysctls: { "net.ipv4.vs.sync_threshold": threshold, "net.ipv4.vs.sync_refresh_period": refresh },
    });
    const seldom = await find("sync-seldom", { daemons: daemon("master") }, told("3\t50", "0"));
    expect(seldom).toMatchObject({
      severity: "info",
      why: expect.stringContaining("packet 3, then once in 50 packets."),
    });
    expect(seldom!.evidence).toContain("net.ipv4.vs.sync_threshold = 3 50");
    expect(await find("sync-seldom", { daemons: daemon("master") }, told("3\t50", "10"))).toBeDefined();
    const once = await find("sync-seldom", { daemons: daemon("master") }, told("3\t0", "0"));
    expect(once!.why).toContain("packet 3 only.");
    expect(await find("sync-seldom", { daemons: daemon("master") }, told("0\t0", "10"))).toBeUndefined();
    expect(await find("sync-seldom", { daemons: daemon("backup") }, told("3\t50", "0"))).toBeUndefined();
    expect(await find("sync-seldom", { daemons: daemon("master") })).toBeUndefined();
  });

  it("hash-without-fallback and persistence: not with the flag, not with the parameter", async () => {
    const servers = [server("10.0.0.42", { weight: 0, persistentConnections: 2 }), server("10.0.0.78")];
    const hashed = (flags: number) => ({ table: [entry(servers, { scheduler: "sh", flags })] });
    expect(await find("hash-without-fallback", hashed(0))).toMatchObject({
      remedies: [{ commands: ["ipvsadm -E -t 10.0.0.100:80 -s sh -b sh-fallback"] }],
    });
    expect(await find("hash-without-fallback", hashed(IP_VS_SVC_F_SCHED1))).toBeUndefined();
    const persistent = { table: [entry(servers, { flags: IP_VS_SVC_F_PERSISTENT, timeout: 300 })] };
    expect(await find("persistence-keeps-server", persistent)).toMatchObject({ severity: "warning" });
    const sysctls = { "net.ipv4.vs.expire_quiescent_template": "1" };
    expect(await find("persistence-keeps-server", persistent, { sysctls })).toBeUndefined();
  });

  it("ftp-helper-missing: not with a service for all ports of the address", async () => {
    const ftp = entry([server("10.0.0.42", { port: 21 })], { port: 21 });
    expect(await find("ftp-helper-missing", { table: [ftp] })).toMatchObject({ severity: "warning" });
    const all = entry([server("10.0.0.42", { port: 0 })], { port: 0, flags: IP_VS_SVC_F_PERSISTENT });
    expect(await find("ftp-helper-missing", { table: [ftp, all] })).toBeUndefined();
    const applications = [{ name: "ftp", protocol: "TCP", port: 21 }];
    expect(await find("ftp-helper-missing", { table: [ftp] }, { applications })).toBeUndefined();
  });

  it("removed-server: connections that are over, and persistence templates, hurt nobody", async () => {
    const gone = (state: string, rest = {}) => ({ connections: [[connection("10.0.0.99", state, rest)]] });
    expect(await find("removed-server", {}, gone("ESTABLISHED"))).toMatchObject({ severity: "warning" });
    expect(await find("removed-server", {}, gone("TIME_WAIT"))).toBeUndefined();
    expect(
      await find("removed-server", {}, gone("NONE", { client: { address: "10.0.0.8", port: 0 } })),
    ).toBeUndefined();
  });

  it("fwmark-not-set: marks that come from connections, and packets that came, are enough", async () => {
    const marked = (inPackets: bigint) => ({
      table: [entry([server("10.0.0.42")], { fwmark: 7, family: "ipv4" }, { inPackets })],
    });
    expect(await find("fwmark-not-set", marked(0n))).toMatchObject({ severity: "warning" });
    expect(await find("fwmark-not-set", marked(1n))).toBeUndefined();
    const mangle = (rule: string) =>
      parseIptables(`*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING ${rule}\nCOMMIT`, "ipv4", "iptables");
    expect(
      await find("fwmark-not-set", marked(0n), { firewall: mangle("-j CONNMARK --restore-mark") }),
    ).toBeUndefined();
    expect(
      await find("fwmark-not-set", marked(0n), { firewall: mangle("-p tcp -j MARK --set-xmark 0x7/0xffffffff") }),
    ).toBeUndefined();
    expect(
      await find("fwmark-not-set", marked(0n), { firewall: mangle("-p tcp -j MARK --set-xmark 0x8/0xffffffff") }),
    ).toBeDefined();
  });

  describe("fwmark-not-local", () => {
    const marked = (rule = "-d 10.77.0.1/32 -j MARK --set-xmark 0x7/0xffffffff") =>
      parseIptables(`*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING ${rule}\nCOMMIT`, "ipv4", "iptables");
    const links = [...LINKS, { ...LINKS[1]!, index: 3, name: "eth1" }];
    const director = (inPackets: bigint) => ({
      table: [entry([server("10.0.0.42")], { fwmark: 7, family: "ipv4" }, { inPackets })],
    });
    const local = { type: "local", link: 1 } as const;
    const onlyEth0 = { "10.77.0.1 mark 7 iif eth0": local };

    it("the way of the packets counts, not that of this host's own", async () => {
      const seen = { firewall: marked(), links };
      expect(await find("fwmark-not-local", director(0n), seen)).toMatchObject({
        severity: "error",
        evidence: [
          "route to 10.77.0.1 with mark 7 from 192.0.2.1 iif eth0: unicast",
          "route to 10.77.0.1 with mark 7 from 192.0.2.1 iif eth1: unicast",
          "no routing rule for mark 7",
        ],
        remedies: [
          {
            commands: ["ip rule add fwmark 7 lookup 100", "ip route replace local 10.77.0.1 dev lo table 100"],
          },
        ],
      });
      expect(await find("fwmark-not-local", director(0n), { ...seen, routes: onlyEth0 })).toMatchObject({
        severity: "info",
        evidence: ["route to 10.77.0.1 with mark 7 from 192.0.2.1 iif eth1: unicast"],
      });
      expect(await find("fwmark-not-local", director(1n), { ...seen, routes: onlyEth0 })).toBeUndefined();
      const unicast = { type: "unicast", link: 2 } as const;
      const here = {
        "10.77.0.1 mark 7": local,
        "10.77.0.1 mark 7 iif eth0": unicast,
        "10.77.0.1 mark 7 iif eth1": unicast,
      };
      expect(await find("fwmark-not-local", director(1n), { ...seen, routes: here })).toBeDefined();
    });

    it("interfaces whose packets get no mark, or whose packets are refused, do not count", async () => {
      const firewall = marked("-i eth0 -d 10.77.0.1/32 -j MARK --set-xmark 0x7/0xffffffff");
      expect(await find("fwmark-not-local", director(0n), { firewall, links, routes: onlyEth0 })).toBeUndefined();
      const refused = { "10.77.0.1 mark 7 iif eth0": { type: "refused" } } as const;
      expect(await find("fwmark-not-local", director(0n), { firewall, links, routes: refused })).toBeUndefined();
    });

    it("a rule that leads elsewhere is named and used, a table that is in use is not taken", async () => {
      const rule = (rest: Partial<RoutingRule>) =>
        ({ family: "ipv4", priority: 9, inverted: false, table: 100, ...rest }) as const;
      const wrong = rule({ mark: { value: 7, mask: 0xff }, table: 101 });
      const seen = { firewall: marked() };
      expect(await find("fwmark-not-local", director(0n), { ...seen, rules: [wrong] })).toMatchObject({
        evidence: [
          "route to 10.77.0.1 with mark 7 from 192.0.2.1 iif eth0: unicast",
          "rule 9: from all fwmark 0x7/0xff lookup 101",
        ],
        remedies: [{ commands: ["ip route replace local 10.77.0.1 dev lo table 101"] }],
      });
      const taken = await find("fwmark-not-local", director(0n), { ...seen, rules: [rule({ input: "eth9" })] });
      expect(taken!.remedies[0]!.commands[0]).toBe("ip rule add fwmark 7 lookup 101");
    });
  });

  it("vip-not-local: a rule for the interface that packets come in by is enough, one before it is too much", async () => {
    const unicast = { type: "unicast", link: 2 } as const;
    const local = { type: "local", link: 1 } as const;
    const away = { "10.0.0.100": unicast };
    expect(await find("vip-not-local", {}, { routes: away })).toBeDefined();
    expect(await find("vip-not-local", {}, { routes: { ...away, "10.0.0.100 iif eth0": local } })).toBeUndefined();
    const caught = { "10.0.0.100": local, "10.0.0.100 iif eth0": unicast };
    expect(await find("vip-not-local", {}, { routes: caught })).toBeUndefined();
    const first = { family: "ipv4", priority: 0, input: "eth0", inverted: false, table: 9 } as const;
    expect(await find("vip-not-local", {}, { routes: caught, rules: [first, ...RULES] })).toMatchObject({
      severity: "error",
      evidence: ["route to 10.0.0.100 from 192.0.2.1 iif eth0: unicast"],
    });
  });

  it("tunnel-mtu: not where the network has room", async () => {
    const director = { table: table(server("10.0.0.42", { forwarding: "tunnel" })) };
    const sysctls = { "net.ipv4.vs.pmtu_disc": "1" };
    expect(await find("tunnel-mtu", director, { sysctls })).toMatchObject({
      severity: "info",
      evidence: ["mtu towards 10.0.0.42 = 1500, ipip leaves 1480", "net.ipv4.vs.pmtu_disc = 1"],
    });
    const routes = { "10.0.0.42": { type: "unicast", link: 2, mtu: 1520 } } as const;
    expect(await find("tunnel-mtu", director, { sysctls, routes })).toBeUndefined();
  });
});

describe("remedies", () => {
  const commands = async (seen: Snapshot, director: Partial<Director> = {}) =>
    (await find("nat-no-return-path", director, { ...silent, ...seen }))!.remedies.map((remedy) => remedy.commands);

  it("SNAT with iptables, of the kind that the kernel can do", async () => {
    const [snat, route] = await commands({});
    expect(snat).toEqual([
      "iptables -t nat -A POSTROUTING -m ipvs --vaddr 10.0.0.100 --vport 80 -j MASQUERADE",
      "sysctl -w net.ipv4.vs.conntrack=1",
    ]);
    expect(route).toEqual(["ip route replace default via 10.0.0.161", "ip route replace 10.0.0.8/32 via 10.0.0.161"]);
    const both = { programs: ["iptables", "iptables-legacy"] };
    expect((await commands({ ...both, modules: { nft_chain_nat: "absent" } }))[0]![0]).toMatch(/^iptables-legacy /);
    expect((await commands({ ...both, modules: { iptable_nat: "absent" } }))[0]![0]).toMatch(/^iptables /);
    expect((await commands({ ...both, firewall: nat([], "iptables-legacy") }))[0]![0]).toMatch(/^iptables-legacy /);
  });

  it("without the match for IPVS, by the server's address", async () => {
    expect((await commands({ modules: { xt_ipvs: "absent" } }))[0]![0]).toBe(
      "iptables -t nat -A POSTROUTING -d 10.0.0.42 -p tcp --dport 80 -j MASQUERADE",
    );
  });

  it("with nft, where there is no iptables", async () => {
    expect((await commands({ programs: ["nft"] }))[0]).toEqual([
      "nft add table ip ipvs",
      "nft 'add chain ip ipvs postrouting { type nat hook postrouting priority 100; }'",
      "nft add rule ip ipvs postrouting ip daddr 10.0.0.42 tcp dport 80 masquerade",
      "sysctl -w net.ipv4.vs.conntrack=1",
    ]);
  });

  it("no redirects, where they would undo the routes", async () => {
    const [, , redirects] = await commands({ sysctls: { "net.ipv4.conf.eth0.send_redirects": "1" } });
    expect(redirects).toEqual([
      "sysctl -w net.ipv4.conf.all.send_redirects=0",
      "sysctl -w net.ipv4.conf.eth0.send_redirects=0",
    ]);
    expect(await commands({})).toHaveLength(2);
  });

  it("only routes, where the kernel cannot track connections of IPVS", async () => {
    const base = host(silent);
    const without: Host = {
      ...base,
      sysctl: (name) => (name.endsWith("vs.conntrack") ? undefined : base.sysctl(name)),
    };
    const finding = await find("nat-no-return-path", {}, without);
    expect(finding!.remedies.map(({ on }) => on)).toEqual(["server"]);
  });

  it("where a rule translates already, a look at the server", async () => {
    const firewall = nat(["-A POSTROUTING -m ipvs --ipvs -j MASQUERADE"]);
    const sysctls = { "net.ipv4.vs.conntrack": "1" };
    expect(await commands({ firewall, sysctls })).toEqual([["ss -ltn 'sport = :80'"]]);
  });

  it("an nft rule goes into the chain that drops", async () => {
    const chain = { family: "inet", table: "fw", name: "in", hook: "input", prio: 0, policy: "drop" };
    const firewall = parseNft(JSON.stringify({ nftables: [{ chain }] }));
    const finding = await find("firewall-drops-requests", {}, { firewall });
    expect(finding!.remedies[0]!.commands).toEqual([
      "nft insert rule inet fw in ip daddr 10.0.0.100 tcp dport 80 accept",
    ]);
  });

  it("keep what the service and the server have", async () => {
    const servers = [
      server("10.0.0.42", {
        weight: 0,
        upperThreshold: 9,
        forwarding: "tunnel",
        tunnel: { type: "gue", port: 6080, flags: 0 },
      }),
    ];
    const finding = await find("all-weights-zero", { table: table(...servers) });
    expect(finding!.remedies[0]!.commands).toEqual([
      "ipvsadm -e -t 10.0.0.100:80 -r 10.0.0.42:80 -i -w 1 -x 9 --tun-type gue --tun-port 6080 --tun-nocsum",
    ]);
  });
});

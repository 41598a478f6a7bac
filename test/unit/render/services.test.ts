import { describe, expect, test } from "vitest";
import { serviceId } from "../../../src/model/service.js";
import type { LiveTable } from "../../../src/model/table.js";
import type { Layout } from "../../../src/options/command.js";
import { listing, rendered, server, stats, table, tcp } from "./samples.js";

// Expected texts are captures of ipvsadm 1.31; `·` stands for a blank at the end of a line.
function text(lines: string): string {
  return lines.replace(/^\n/, "").replaceAll("·", " ");
}

async function lines(entries: LiveTable, layout: Layout, exact = false): Promise<string[]> {
  return (await rendered(listing({ layout, exact }), entries)).split("\n").slice(3, -1);
}

function one(id: string): LiveTable {
  return table.filter(({ service }) => serviceId(service) === id);
}

describe("layouts", () => {
  test("normal", async () => {
    expect(await rendered(listing(), table)).toBe(
      text(`
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.0.0.1:80 rr
  -> 10.0.1.1:8080                Masq    0      0          0·········
  -> 10.0.1.2:80                  Route   65535  0          0·········
  -> 10.0.1.3:80                  Tunnel  2147483647 0          0·········
  -> 192.168.100.200:65535        Masq    10     0          0·········
TCP  10.0.0.9:0 rr persistent 360 mask 0.0.0.0
TCP  192.168.100.200:65535 lblcr persistent 86400 mask 255.255.255.128
  -> 192.168.100.201:65535        Tunnel  5      0          0·········
  -> 192.168.100.202:65535        Tunnel  1      0          0·········
  -> 192.168.100.203:65535        Tunnel  1      0          0·········
  -> 192.168.100.204:65535        Tunnel  1      0          0·········
  -> 192.168.100.205:65535        Tunnel  1      0          0·········
  -> 192.168.100.206:65535        Tunnel  1      0          0·········
UDP  10.0.0.1:53 wlc ops
  -> 10.0.1.1:53                  Masq    1      0          0·········
UDP  10.0.0.1:5060 rr persistent 60 pe sip
  -> 10.0.1.1:5060                Masq    1      0          0·········
SCTP 10.0.0.1:2905 sh (sh-fallback,sh-port)
  -> 10.0.1.1:2905                Masq    1      0          0·········
TCP  [2001:db8::80]:80 mh (mh-port)
  -> 10.0.1.1:80                  Tunnel  1      0          0·········
  -> [2001:db8::1]:8080           Masq    1      0          0·········
  -> [2001:db8:1111:2222:3333:4444:5555:6666]:80 Route   1      0          0·········
TCP  [2001:db8:1111:2222:3333:4444:5555:6666]:65535 wrr persistent 300 mask 64
FWM  1 rr
  -> 10.0.1.1:0                   Masq    1      0          0·········
  -> 10.0.1.2:8080                Masq    1      0          0·········
FWM  2 IPv6 rr persistent 360
  -> [2001:db8::1]:0              Route   1      0          0·········
FWM  4294967295 wrr persistent 360
`),
    );
  });

  test("one service has no version line", async () => {
    const service = { fwmark: 2, family: "ipv6" } as const;
    expect(await rendered(listing({ service }), one("fwmark 2 ipv6"))).toBe(
      text(`
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
FWM  2 IPv6 rr persistent 360
  -> [2001:db8::1]:0              Route   1      0          0·········
`),
    );
  });

  test("stats", async () => {
    const entries = [...one("tcp 10.0.0.1:80"), ...one("tcp [2001:db8::80]:80"), ...one("fwmark 2 ipv6")];
    expect(await rendered(listing({ layout: "stats" }), entries)).toBe(
      text(`
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
TCP  10.0.0.1:80                         0        0        0        0        0
  -> 10.0.1.1:8080                       0        0        0        0        0
  -> 10.0.1.2:80                         0        0        0        0        0
  -> 10.0.1.3:80                         0        0        0        0        0
  -> 192.168.100.200:65535               0        0        0        0        0
TCP  [2001:db8::80]:80                   0        0        0        0        0
  -> 10.0.1.1:80                         0        0        0        0        0
  -> [2001:db8::1]:8080                  0        0        0        0        0
  -> [2001:db8:1111:2222:3333:4444:5555:6666]:80        0        0        0        0        0
FWM  2 IPv6                              0        0        0        0        0
  -> [2001:db8::1]:0                     0        0        0        0        0
`),
    );
  });

  test("rate", async () => {
    const rates = {
      ...stats(0n),
      inPacketRate: 63n,
      outPacketRate: 63n,
      inByteRate: 26752n,
      outByteRate: 1877n,
    };
    const entries = [
      {
        service: tcp("10.9.0.1", 53, { protocol: "udp" }),
        stats: rates,
        destinations: [server("10.8.0.2", 53, { stats: rates })],
      },
    ];
    expect(await rendered(listing({ layout: "rate" }), entries)).toBe(
      text(`
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS
  -> RemoteAddress:Port
UDP  10.9.0.1:53                         0       63       63    26752     1877
  -> 10.8.0.2:53                         0       63       63    26752     1877
`),
    );
  });

  test("thresholds", async () => {
    expect(await rendered(listing({ layout: "thresholds" }), one("tcp 10.0.0.1:80"))).toBe(
      text(`
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn·
  -> RemoteAddress:Port
TCP  10.0.0.1:80 rr
  -> 10.0.1.1:8080                0          0          0          0·········
  -> 10.0.1.2:80                  1000       500        0          0·········
  -> 10.0.1.3:80                  0          0          0          0·········
  -> 192.168.100.200:65535        0          0          0          0·········
`),
    );
  });

  test("persistent-conn", async () => {
    const entries = [
      {
        service: tcp("10.9.0.1", 8080, { flags: 1, timeout: 300 }),
        destinations: [server("10.8.0.2", 8080, { activeConnections: 1, persistentConnections: 1 })],
      },
      ...one("tcp 10.0.0.1:80"),
    ];
    expect(await rendered(listing({ layout: "persistent-conn" }), entries)).toBe(
      text(`
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn·
  -> RemoteAddress:Port
TCP  10.9.0.1:8080 rr persistent 300
  -> 10.8.0.2:8080                1         1           1          0·········
TCP  10.0.0.1:80 rr
  -> 10.0.1.1:8080                0         0           0          0·········
  -> 10.0.1.2:80                  65535     0           0          0·········
  -> 10.0.1.3:80                  2147483647 0           0          0·········
  -> 192.168.100.200:65535        10        0           0          0·········
`),
    );
  });

  test("tun-info", async () => {
    const entries = [...one("tcp 192.168.100.200:65535"), ...one("fwmark 1 ipv4")];
    expect(await rendered(listing({ layout: "tun-info" }), entries)).toBe(
      text(`
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn
TCP  192.168.100.200:65535 lblcr persistent 86400 mask 255.255.255.128
  -> 192.168.100.201:65535        Tunnel  gue:65535:r+c 5      0          0·········
  -> 192.168.100.202:65535        Tunnel  gue:6080:+c   1      0          0·········
  -> 192.168.100.203:65535        Tunnel  gue:6080:-c   1      0          0·········
  -> 192.168.100.204:65535        Tunnel  gre:+c        1      0          0·········
  -> 192.168.100.205:65535        Tunnel  gre:-c        1      0          0·········
  -> 192.168.100.206:65535        Tunnel  ipip          1      0          0·········
FWM  1 rr
  -> 10.0.1.1:0                   Masq    n/a           1      0          0·········
  -> 10.0.1.2:8080                Masq    n/a           1      0          0·········
`),
    );
  });
});

describe("counters", () => {
  function counted(total: bigint, rate = total): LiveTable {
    return [
      {
        service: tcp("10.0.0.1", 80),
        stats: stats(total, rate),
        destinations: [server("10.0.1.1", 80, { stats: stats(total, rate) })],
      },
    ];
  }
  const service = "TCP  10.0.0.1:80                 ";
  const real = "  -> 10.0.1.1:80                 ";

  test.each([
    [99999999n, " 99999999", " 99999999"],
    [100000000n, "  100000K", " 100000000"],
    [999999999n, "  999999K", " 999999999"],
    [1000000000n, "    1000M", " 1000000000"],
    [99999999999n, "   99999M", " 99999999999"],
    [100000000000n, "     100G", " 100000000000"],
    [99999999999999n, "   99999G", " 99999999999999"],
    [100000000000000n, "     100T", " 100000000000000"],
    [18446744073709551615n, "18446744T", " 18446744073709551615"],
  ])("%d", async (value, short, exact) => {
    expect(await lines(counted(value), "stats")).toEqual([service + short.repeat(5), real + short.repeat(5)]);
    expect(await lines(counted(value), "stats", true)).toEqual([service + exact.repeat(5), real + exact.repeat(5)]);
    expect(await lines(counted(value), "rate")).toEqual([
      service + short.repeat(5),
      real + exact.repeat(3) + short.repeat(2),
    ]);
    expect(await lines(counted(value), "rate", true)).toEqual([service + exact.repeat(5), real + exact.repeat(5)]);
  });

  test("totals and rates are not mixed up", async () => {
    const counters = {
      connections: 1n,
      inPackets: 2n,
      outPackets: 3n,
      inBytes: 4n,
      outBytes: 5n,
      connectionRate: 6n,
      inPacketRate: 7n,
      outPacketRate: 8n,
      inByteRate: 9n,
      outByteRate: 10n,
    };
    const entries = [
      { service: tcp("10.0.0.1", 80), stats: counters, destinations: [server("10.0.1.1", 80, { stats: counters })] },
    ];
    const totals = "        1        2        3        4        5";
    const rates = "        6        7        8        9       10";
    expect(await lines(entries, "stats")).toEqual([service + totals, real + totals]);
    expect(await lines(entries, "rate")).toEqual([service + rates, real + rates]);
  });

  test("absent statistics are not shown as zeros", async () => {
    const { stats: _none, ...bare } = server("10.0.1.1", 80);
    const entries = [{ service: tcp("10.0.0.1", 80), destinations: [bare] }];
    const dashes = "        -".repeat(5);
    expect(await lines(entries, "stats")).toEqual([service + dashes, real + dashes]);
    expect(await lines(entries, "rate")).toEqual([service + dashes, real + dashes]);
  });
});

describe("what other tools can install", () => {
  test("a protocol without a name", async () => {
    expect(await lines([{ service: tcp("10.0.0.1", 80, { protocol: 1 }), destinations: [] }], "normal")).toEqual([
      "?    10.0.0.1:80 rr",
    ]);
  });

  test.each([
    ["local", "Local  "],
    ["bypass", "Bypass "],
    [7, "7      "],
  ] as const)("forwarding method %s", async (forwarding, word) => {
    const entries = [{ service: tcp("10.0.0.1", 80), destinations: [server("10.0.1.1", 80, { forwarding })] }];
    expect((await lines(entries, "normal"))[1]).toBe(
      `  -> 10.0.1.1:80                  ${word} 1      0          0         `,
    );
  });

  test.each([
    ["gre", 0, 3, "gre:0x3      "],
    ["gre", 0, 2, "gre:r+c      "],
    ["gue", 65535, 65535, "gue:65535:0xffff"],
    ["ipip", 0, 3, "ipip         "],
    [9, 0, 0, "n/a          "],
  ] as const)("tunnel type %s, port %d, flags %d", async (type, port, flags, word) => {
    const tunnel = { type, port, flags };
    const entries = [
      { service: tcp("10.0.0.1", 80), destinations: [server("10.0.1.1", 80, { forwarding: "tunnel", tunnel })] },
    ];
    expect((await lines(entries, "tun-info"))[1]).toBe(
      `  -> 10.0.1.1:80                  Tunnel  ${word} 1      0          0         `,
    );
  });

  test.each([
    ["sh", 0x20, "sh (flag-3)"],
    ["sh", 0x38, "sh (sh-fallback,sh-port,flag-3)"],
    ["mh", 0x28, "mh (mh-fallback,flag-3)"],
    ["rr", 0x08, "rr (flag-1)"],
    ["wlc", 0x38, "wlc (flag-1,flag-2,flag-3)"],
    ["rr", 0x40, "rr"],
  ])("scheduler %s with flags 0x%i", async (scheduler, flags, shown) => {
    const entries = [{ service: tcp("10.0.0.1", 80, { scheduler, flags }), destinations: [] }];
    expect(await lines(entries, "normal")).toEqual([`TCP  10.0.0.1:80 ${shown}`]);
  });

  test("everything at once", async () => {
    const service = {
      fwmark: 7,
      family: "ipv6",
      scheduler: "rr",
      flags: 0x0d,
      timeout: 50,
      netmask: 64,
      persistenceEngine: "sip",
    } as const;
    expect(await lines([{ service, destinations: [] }], "normal")).toEqual([
      "FWM  7 IPv6 rr (flag-1) persistent 50 mask 64 pe sip ops",
    ]);
  });

  test("mask and engine of a service that is not persistent stay hidden, as in 1.31", async () => {
    const service = tcp("10.0.0.1", 80, { netmask: "255.255.255.0", timeout: 9, persistenceEngine: "sip" });
    expect(await lines([{ service, destinations: [] }], "normal")).toEqual(["TCP  10.0.0.1:80 rr"]);
  });
});

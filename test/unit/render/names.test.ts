import { expect, test } from "vitest";
import type { LiveTable } from "../../../src/model/table.js";
import type { Names } from "../../../src/names/names.js";
import type { Layout } from "../../../src/options/command.js";
import { listing, rendered, server, table, tcp } from "./samples.js";

const HOSTS: Readonly<Record<string, string>> = {
  "10.0.0.1": "vip.example.test",
  "10.0.1.1": "rs1.example.test",
  "10.0.1.2": "rs2.example.test",
  "10.0.1.9": "a-very-long-real-server-name.datacentre-one.example.test",
  "10.0.1.10": "an-extremely-long-real-server-name-used-to-find-the-sixty-byte-limit.example.test",
  "2001:db8::1": "six.example.test",
  "2001:db8::99": "a-very-long-ipv6-name-that-exceeds-sixty-bytes.datacentre-one.example.test",
};
const PORTS: Readonly<Record<string, string>> = {
  "tcp 80": "http",
  "tcp 8080": "http-alt",
  "udp 53": "domain",
  "udp 5060": "sip",
  "tcp 53": "domain",
};
const names: Names = {
  addressOf: () => undefined,
  hostOf: (address) => HOSTS[address],
  portOf: () => undefined,
  serviceOf: (port, protocol) => PORTS[`${protocol} ${port}`],
  pending: false,
  load: async () => {},
};

async function lines(entries: LiveTable, layout: Layout = "normal"): Promise<string[]> {
  const text = await rendered(listing({ layout, numeric: false }), entries, names);
  return text.split("\n").slice(3, -1);
}

test("hosts and ports, in the service's protocol; ports of firewall marks stay numbers", async () => {
  expect(await lines(table)).toEqual([
    "TCP  vip.example.test:http rr",
    "  -> rs1.example.test:http-alt    Masq    0      0          0         ",
    "  -> rs2.example.test:http        Route   65535  0          0         ",
    "  -> 10.0.1.3:http                Tunnel  2147483647 0          0         ",
    "  -> 192.168.100.200:65535        Masq    10     0          0         ",
    "TCP  10.0.0.9:0 rr persistent 360 mask 0.0.0.0",
    "TCP  192.168.100.200:65535 lblcr persistent 86400 mask 255.255.255.128",
    "  -> 192.168.100.201:65535        Tunnel  5      0          0         ",
    "  -> 192.168.100.202:65535        Tunnel  1      0          0         ",
    "  -> 192.168.100.203:65535        Tunnel  1      0          0         ",
    "  -> 192.168.100.204:65535        Tunnel  1      0          0         ",
    "  -> 192.168.100.205:65535        Tunnel  1      0          0         ",
    "  -> 192.168.100.206:65535        Tunnel  1      0          0         ",
    "UDP  vip.example.test:domain wlc ops",
    "  -> rs1.example.test:domain      Masq    1      0          0         ",
    "UDP  vip.example.test:sip rr persistent 60 pe sip",
    "  -> rs1.example.test:sip         Masq    1      0          0         ",
    "SCTP vip.example.test:2905 sh (sh-fallback,sh-port)",
    "  -> rs1.example.test:2905        Masq    1      0          0         ",
    "TCP  [2001:db8::80]:http mh (mh-port)",
    "  -> rs1.example.test:http        Tunnel  1      0          0         ",
    "  -> [six.example.test]:http-alt  Masq    1      0          0         ",
    "  -> [2001:db8:1111:2222:3333:4444:5555:6666]:http Route   1      0          0         ",
    "TCP  [2001:db8:1111:2222:3333:4444:5555:6666]:65535 wrr persistent 300 mask 64",
    "FWM  1 rr",
    "  -> rs1.example.test:0           Masq    1      0          0         ",
    "  -> rs2.example.test:8080        Masq    1      0          0         ",
    "FWM  2 IPv6 rr persistent 360",
    "  -> [six.example.test]:0         Route   1      0          0         ",
    "FWM  4294967295 wrr persistent 360",
  ]);
});

const long: LiveTable = [
  { service: tcp("10.0.1.9", 8080), destinations: [server("10.0.1.9", 8080), server("10.0.1.10", 8080)] },
  { service: tcp("10.0.1.10", 8080, { scheduler: "wlc", flags: 1, timeout: 360 }), destinations: [] },
  { service: tcp("10.0.1.9", 80, { protocol: "sctp" }), destinations: [] },
  { service: tcp("2001:db8::99", 8080), destinations: [server("2001:db8::1", 8080), server("2001:db8::99", 8080)] },
];

test("long names are cut at 28 characters for IPv4 and at 59 for IPv6", async () => {
  expect(await lines(long)).toEqual([
    "TCP  a-very-long-real-server-name rr",
    "  -> a-very-long-real-server-name Masq    1      0          0         ",
    "  -> an-extremely-long-real-serve Masq    1      0          0         ",
    "TCP  an-extremely-long-real-serve wlc persistent 360",
    "SCTP a-very-long-real-server-name rr",
    "TCP  [a-very-long-ipv6-name-that-exceeds-sixty-bytes.datacentre- rr",
    "  -> [six.example.test]:http-alt  Masq    1      0          0         ",
    "  -> [a-very-long-ipv6-name-that-exceeds-sixty-bytes.datacentre- Masq    1      0          0         ",
  ]);
  expect((await lines(long.slice(3), "stats")).map((line) => line.slice(0, 73))).toEqual([
    "TCP  [a-very-long-ipv6-name-that-exceeds-sixty-bytes.datacentre-        -",
    "  -> [six.example.test]:http-alt         0        0        0        0    ",
    "  -> [a-very-long-ipv6-name-that-exceeds-sixty-bytes.datacentre-        0",
  ]);
});

/** The listing with names in full, titles too. */
const wide = async (entries: LiveTable, layout: Layout = "normal") =>
  (await rendered(listing({ layout, wide: true, numeric: false }), entries, names)).split("\n").slice(1, -1);

test("--wide: names are not cut, and columns as wide as the longest server", async () => {
  expect(await wide(long)).toEqual([
    "Prot LocalAddress:Port Scheduler Flags",
    "  -> RemoteAddress:Port                                                                         Forward Weight ActiveConn InActConn",
    "TCP  a-very-long-real-server-name.datacentre-one.example.test:http-alt rr",
    "  -> a-very-long-real-server-name.datacentre-one.example.test:http-alt                          Masq    1      0          0         ",
    "  -> an-extremely-long-real-server-name-used-to-find-the-sixty-byte-limit.example.test:http-alt Masq    1      0          0         ",
    "TCP  an-extremely-long-real-server-name-used-to-find-the-sixty-byte-limit.example.test:http-alt wlc persistent 360",
    "SCTP a-very-long-real-server-name.datacentre-one.example.test:80 rr",
    "TCP  [a-very-long-ipv6-name-that-exceeds-sixty-bytes.datacentre-one.example.test]:http-alt rr",
    "  -> [six.example.test]:http-alt                                                                Masq    1      0          0         ",
    "  -> [a-very-long-ipv6-name-that-exceeds-sixty-bytes.datacentre-one.example.test]:http-alt      Masq    1      0          0         ",
  ]);
});

test("--wide --stats: as wide as the longest service, too", async () => {
  expect(await wide([long[2]!, { ...table[0]!, destinations: [server("10.0.1.1", 8080)] }], "stats")).toEqual([
    "Prot LocalAddress:Port                                              Conns   InPkts  OutPkts  InBytes OutBytes",
    "  -> RemoteAddress:Port",
    "SCTP a-very-long-real-server-name.datacentre-one.example.test:80        -        -        -        -        -",
    "TCP  vip.example.test:http                                              0        0        0        0        0",
    "  -> rs1.example.test:http-alt                                          0        0        0        0        0",
  ]);
});

const LAYOUTS: readonly Layout[] = ["normal", "stats", "rate", "thresholds", "persistent-conn", "tun-info"];

test.each(LAYOUTS)("--wide %s: titles and columns move together", async (layout) => {
  const servers = [server("10.0.1.9", 8080), server("10.0.1.10", 8080)];
  const [short, grown] = [
    ["10.0.1.1", servers.map((one) => ({ ...one, address: "10.0.1.1" }))] as const,
    ["10.0.1.9", servers] as const,
  ];
  const [before, after] = await Promise.all(
    [short, grown].map(([address, destinations]) => wide([{ service: tcp(address, 80), destinations }], layout)),
  );
  const more = "an-extremely-long-real-server-name-used-to-find-the-sixty-byte-limit.example.test:http-alt".length - 28;
  expect(after!.slice(-2).map((line) => line.slice(33 + more))).toEqual(
    before!.slice(-2).map((line) => line.slice(33)),
  );
  const moved = after!.slice(0, 2).map((line) => line.replace(" ".repeat(more), ""));
  expect(moved).toEqual(before!.slice(0, 2));
  expect(moved).not.toEqual(after!.slice(0, 2));
});

test("--wide: nothing else changes where all names are short", async () => {
  for (const layout of LAYOUTS) {
    const entries = [{ ...table[0]!, destinations: table[0]!.destinations.slice(0, 3) }];
    const text = (wide: boolean) => rendered(listing({ layout, wide, numeric: false }), entries, names);
    expect(await text(true)).toBe(await text(false));
  }
});

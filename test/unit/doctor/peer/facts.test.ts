import { describe, expect, it } from "vitest";
import type { Kernel } from "../../../../src/doctor/index.js";
import { parseFacts, renderFacts } from "../../../../src/doctor/peer/document.js";
import { readSide } from "../../../../src/doctor/peer/gather.js";
import { comparePeer, printFacts } from "../../../../src/doctor/peer/index.js";
import type { VirtualAddressState } from "../../../../src/doctor/peer/side.js";
import { placeOf } from "../../../../src/doctor/peer/virtual-addresses.js";
import { HostError, type InterfaceAddress, type Link } from "../../../../src/host/host.js";
import type { Identity } from "../../../../src/host/identity.js";
import { DocumentError } from "../../../../src/model/document.js";
import type { LiveTable } from "../../../../src/model/table.js";
import { host as hostOf, LINKS, server as live, entry as liveEntry, type Snapshot } from "../snapshot.js";
import { active, daemon, entry, server, standby } from "./sides.js";

const identity: Identity = {
  name: "lb1",
  machine: "x86_64",
  namespace: "b1946ac9-2f4e-4e2a-9d4c-2c3f5a1b0c11 4:4026531840",
  time: new Date("2026-11-26T02:00:00.000Z"),
};

const kernel = (table: LiveTable): Kernel => ({
  info: async () => ({ version: 0x010201, connectionTableSize: 4096 }),
  table: async () => table,
  timeouts: async () => ({ tcp: 900, tcpFin: 120, udp: 300 }),
  daemons: async () => [daemon("master", { interface: "eth0" })],
});

const TABLE = [
  liveEntry([live("10.0.0.78", { activeConnections: 3 }), live("10.0.0.42", { inactiveConnections: 4 })]),
  liveEntry([live("fd00::42", { persistentConnections: 2 })], { address: "fd00::7", port: 80, netmask: 128 }),
  liveEntry([live("10.0.0.42")], { fwmark: 7, family: "ipv4" }),
];

/** eth0 as `ip addr` shows it. */
const ADDRESSES: InterfaceAddress[] = [
  { address: "127.0.0.1", prefixLength: 8, link: 1 },
  { address: "10.0.0.161", prefixLength: 24, link: 2 },
  { address: "10.0.0.100", prefixLength: 32, link: 2 },
];

const on = (snapshot: Snapshot = {}) => ({ ...hostOf(snapshot), addresses: async () => ADDRESSES });
const place = (snapshot: Snapshot = {}) => ({ host: on(snapshot), origin: { identity } });

/** What goes out and in. */
function io(input = "") {
  const said = { out: "", err: "" };
  return {
    said,
    readInput: () => input,
    out(text: string | Uint8Array) {
      said.out += text;
    },
    err(text: string) {
      said.err += text;
    },
    steer() {},
    env: {},
  };
}

describe("the facts of this host", () => {
  it("hold what a comparison needs", async () => {
    const side = await readSide(kernel(TABLE), on({ processes: ["keepalived", "sshd"] }), {
      identity,
      config: { source: "/boot/config", number: (name) => (name === "CONFIG_IP_VS_SH_TAB_BITS" ? 10 : undefined) },
    });
    expect(side).toMatchObject({
      host: "lb1",
      connections: { active: 3, inactive: 4, persistent: 2 },
      kernel: { release: "6.1.0", machine: "x86_64", tables: { sh: 10, dh: 8, mh: 12 } },
      syncInterfaces: [
        {
          ...{ name: "eth0", mtu: 1500, up: true, carrier: true, multicast: true },
          networks: ["10.0.0.0/24", "10.0.0.100/32"],
        },
      ],
      virtualAddresses: [
        { address: "10.0.0.100", local: true, interface: "eth0", arp: true, answersIn: "10.0.0.0/24" },
        { address: "fd00::7", local: false },
      ],
      writers: ["keepalived"],
      movers: ["keepalived"],
      unread: [],
    });
    expect(side.parameters!.get("net.ipv4.vs.backup_only")).toBe("0");
    expect(side.parameters!.has("net.ipv4.vs.conn_max")).toBe(false);
    expect(side.table[0]!.destinations.map(({ address }) => address)).toEqual(["10.0.0.42", "10.0.0.78"]);
  });

  it("tell what could not be read", async () => {
    const blind = { ...on(), links: () => Promise.reject(new HostError("links: EPERM")) };
    const side = await readSide(kernel(TABLE), blind, { identity });
    expect(side.unread).toEqual(["links: EPERM"]);
    expect(side).not.toHaveProperty("syncInterfaces");
    expect(side).not.toHaveProperty("virtualAddresses");
    expect(side.kernel).not.toHaveProperty("tables");
  });

  it("come back from their text", () => {
    const sides = [
      active({ table: [entry({ scheduler: "mh", flags: 0x18 }), entry({ port: 0, flags: 1, timeout: 300 })] }),
      standby({
        table: [entry({}, server("fd00::1", { forwarding: "tunnel", tunnel: { type: "gue", port: 6080, flags: 1 } }))],
      }),
    ];
    for (const side of sides) expect(parseFacts(renderFacts(side))).toEqual(side);
    const {
      parameters: _,
      virtualAddresses: __,
      syncInterfaces: ___,
      writers: ____,
      movers: _____,
      ...least
    } = active({
      unread: ["links: EPERM"],
    });
    expect(parseFacts(renderFacts(least))).toEqual(least);
    expect(parseFacts(renderFacts(active({ host: "lb\u001b[31m 1" }))).host).toBe("lb__31m_1");
  });
});

describe("which networks a host answers in", () => {
  const dummy: Link = { ...LINKS[0]!, index: 3, name: "dummy0" };
  const inner: Link = { ...LINKS[1]!, index: 4, name: "eth1.7" };
  const vrrp: Link = { ...LINKS[1]!, index: 5, name: "vrrp.51" };
  const links = [...LINKS, dummy, inner, vrrp];
  const base: InterfaceAddress[] = [
    { address: "10.0.0.161", prefixLength: 24, link: 2 },
    { address: "fd00::161", prefixLength: 64, link: 2 },
    { address: "192.168.7.1", prefixLength: 24, link: 4 },
  ];
  const ask = (address: string, link: number | undefined, sysctls: Record<string, string> = {}, changed = links) => {
    const own = link === undefined ? [] : [{ address, prefixLength: address.includes(":") ? 128 : 32, link }];
    return placeOf(address, { links: changed, addresses: [...base, ...own], sysctl: (name) => sysctls[name] });
  };
  type Found = Omit<VirtualAddressState, "address" | "local">;

  it.each<[string, Found, Found]>([
    ["an address on eth0", ask("10.0.0.100", 2), { interface: "eth0", arp: true, answersIn: "10.0.0.0/24" }],
    ["one of no network here", ask("10.9.0.100", 2), { interface: "eth0", arp: true }],
    ["one on lo, without arp_ignore", ask("10.0.0.100", 1), { interface: "lo", arp: false, answersIn: "10.0.0.0/24" }],
    [
      "one on lo, with arp_ignore of all",
      ask("10.0.0.100", 1, { "net.ipv4.conf.all.arp_ignore": "1" }),
      { interface: "lo", arp: false },
    ],
    [
      "one on a dummy, with arp_ignore of the interface",
      ask("10.0.0.100", 3, { "net.ipv4.conf.eth0.arp_ignore": "2" }),
      { interface: "dummy0", arp: false },
    ],
    [
      "arp_ignore of an interface with a dot in its name",
      ask("192.168.7.100", 1, { "net.ipv4.conf.eth1/7.arp_ignore": "1" }),
      { interface: "lo", arp: false },
    ],
    ["one on lo, routed here", ask("10.9.0.100", 1), { interface: "lo", arp: false }],
    [
      "one on an interface of VRRP's own, besides a silent one",
      ask("10.0.0.100", 5, { "net.ipv4.conf.eth0.arp_ignore": "1" }),
      { interface: "vrrp.51", arp: true, answersIn: "10.0.0.0/24" },
    ],
    [
      "one on an interface that is down",
      ask(
        "10.0.0.100",
        2,
        {},
        links.map((link) => (link.index === 2 ? { ...link, up: false } : link)),
      ),
      { interface: "eth0", arp: true },
    ],
    ["one that only routes have", ask("10.0.0.100", undefined), { answersIn: "10.0.0.0/24" }],
    ["one of IPv6 on eth0", ask("fd00::100", 2), { interface: "eth0", arp: true, answersIn: "fd00::/64" }],
    ["one of IPv6 on lo, which neighbours never see", ask("fd00::100", 1), { interface: "lo", arp: false }],
  ])("%s", (_, found, expected) => expect(found).toEqual(expected));
});

describe("facts that are not what they should be", () => {
  const sample = () => JSON.parse(renderFacts(active()));
  type Edit = (value: ReturnType<typeof sample>) => void;
  const mistakes = (text: string) => {
    try {
      parseFacts(text);
    } catch (error) {
      if (error instanceof DocumentError) return error.message;
      throw error;
    }
    return "none";
  };
  const broken = (edit: Edit) => {
    const value = sample();
    edit(value);
    return mistakes(JSON.stringify(value));
  };

  it.each<[string, Edit, string]>([
    ["a later version", (facts) => (facts.facts = 2), "facts: must be 1: facts of another version cannot be read"],
    ["no name", (facts) => delete facts.host, "host: is missing"],
    ["a name that a terminal obeys", (facts) => (facts.host = "\u001b[31m"), "host: must be the name of a host"],
    [
      "a time that is not one",
      (facts) => (facts.time = "yesterday"),
      "time: must be a time such as 2026-11-26T02:00:00.000Z",
    ],
    [
      "a long release",
      (facts) => (facts.kernel.release = "6".repeat(65)),
      "kernel.release: must be a word of 1 to 64 characters",
    ],
    [
      "a table too large",
      (facts) => (facts.kernel.tables.mh = 18),
      "kernel.tables.mh: must be a whole number from 8 to 17",
    ],
    [
      "a value for a shell",
      (facts) => (facts.parameters["net.ipv4.vs.conntrack"] = "1; reboot"),
      "parameters.net.ipv4.vs.conntrack: must be numbers",
    ],
    [
      "an mtu of words",
      (facts) => (facts.syncInterfaces[0].mtu = "1500"),
      "syncInterfaces[0].mtu: must be a whole number from 0 to 4294967295",
    ],
    [
      "an address that is not one",
      (facts) => (facts.virtualAddresses[0].address = "10.0.0.0.1"),
      "virtualAddresses[0].address: must be an IPv4 or IPv6 address",
    ],
    ["no table", (facts) => delete facts.ipvs, "ipvs: is missing"],
    ["a table of another kind", (facts) => (facts.ipvs = []), "ipvs: must be an object"],
    [
      "a weight below 0",
      (facts) => (facts.ipvs.services[0].destinations[0].weight = -1),
      "ipvs.services[0].destinations[0].weight: must be a whole number from 0 to 2147483647",
    ],
    [
      "a service that is there twice",
      (facts) => facts.ipvs.services.push(facts.ipvs.services[0]),
      "ipvs.services[1]: tcp 10.0.0.100:80 is there already, at services[0]",
    ],
    [
      "another daemon",
      (facts) => (facts.ipvs.daemons[0].state = "slave"),
      "ipvs.daemons[0].state: must be master or backup",
    ],
  ])("%s", (_, edit, message) => expect(broken(edit)).toBe(message));

  it.each([
    ["nothing", "", /^not JSON: /],
    ["rules", "-A -t 10.0.0.100:80 -s rr\n", /^not JSON: /],
    ["a listing", '{"services":[]}', /^these are not the facts that ipvsadm doctor --facts prints$/],
    ["a list", "[]", /not a list$/],
    ["a number", "7", /^these are not the facts/],
    [
      "a key twice",
      renderFacts(active()).replace('"host"', '"host": "lb9",\n  "host"'),
      /^host: is there more than once$/,
    ],
  ])("%s", (_, text, message) => expect(mistakes(text)).toMatch(message));

  it("may hold more than this version knows", () =>
    expect(broken((facts) => Object.assign(facts, { weather: "fine" }))).toBe("none"));
});

describe("ipvsadm doctor --facts and --peer", () => {
  const other = renderFacts(standby({ namespace: "b1946ac9-2f4e-4e2a-9d4c-2c3f5a1b0c11 4:2" }));
  const ask = async (text: string, rest: { json?: boolean; target?: string } = {}) => {
    const { said, ...streams } = io(text);
    const status = await comparePeer({ peer: "-", json: false, ...rest }, streams, kernel([TABLE[0]!]), place());
    return { status, ...said };
  };

  it("print what the other one reads", async () => {
    const { said, ...streams } = io();
    expect(await printFacts(streams, kernel(TABLE), place())).toBe(0);
    expect(parseFacts(said.out)).toMatchObject({ host: "lb1", namespace: identity.namespace });
    expect(await ask(said.out)).toEqual({
      status: 2,
      out: "",
      err: "ipvsadm doctor: - tells of this very director: name the other one\n",
    });
  });

  it("exit with 1 for errors, and say which sides were compared, and of when", async () => {
    const { status, out, err } = await ask(other);
    expect({ status, err }).toEqual({ status: 1, err: "" });
    expect(out).toContain("On lb2, the other director:\n    ipvsadm ");
    expect(out).toMatch(/compared lb1 \(1 service, 2 servers\) with lb2 \(1 service, 3 servers\)\.\n/);
    const old = other.replace("2026-11-26T02:00", "2026-11-25T02:00");
    expect((await ask(old)).out).toContain("3 servers; as of 2026-11-25T02:00:00.000Z).");
  });

  it("tell programs which sides were compared", async () => {
    const { status, out } = await ask(other, { json: true });
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      director: { host: "lb1", release: "6.1.0" },
      peer: { host: "lb2", time: "2026-11-26T02:00:00.000Z", release: "6.1.0-30-amd64" },
      findings: expect.any(Array),
      unread: [],
    });
  });

  it("look at one service, where one is named", async () => {
    const { status, out } = await ask(other, { target: "10.0.0.100:80" });
    expect(status).toBe(1);
    expect(out).toContain("(peer-service-differs)");
    expect(await ask(other, { target: "10.0.0.9" })).toMatchObject({
      status: 2,
      err: "ipvsadm doctor: no such service: 10.0.0.9\n",
    });
    expect(await ask(other, { target: "web" })).toMatchObject({
      status: 2,
      err: "ipvsadm doctor: not an address: web\n",
    });
  });

  it("refuse what is no facts", async () =>
    expect(await ask('{"services":[]}')).toEqual({
      status: 2,
      out: "",
      err: "ipvsadm doctor: -: these are not the facts that ipvsadm doctor --facts prints\n",
    }));
});

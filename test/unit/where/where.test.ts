import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../../../src/errors.js";
import { readKernelConfig } from "../../../src/host/kernel-config.js";
import type { Connection } from "../../../src/model/connection.js";
import type { Service } from "../../../src/model/service.js";
import type { LiveDestination } from "../../../src/model/table.js";
import { answer, type Evidence } from "../../../src/where/answer.js";
import { availability } from "../../../src/where/availability.js";
import { readClients } from "../../../src/where/clients.js";
import { choiceByCount } from "../../../src/where/counting.js";
import { HASHING } from "../../../src/where/hashing.js";
import { Known } from "../../../src/where/known.js";
import { sizesOf, whyNotComputed } from "../../../src/where/sizes.js";
import { idleServer, tcp } from "../render/samples.js";

const server = (number: number, more: Partial<LiveDestination> = {}): LiveDestination =>
  idleServer(`10.0.0.${number}`, 80, more);

const WEB = tcp("192.0.2.1", 80, { scheduler: "sh" });
const FALLBACK = 8;
const PERSISTENT = 1;
const facts = { sizes: sizesOf(undefined), lastWeight: () => undefined };

describe("the sizes of tables", () => {
  const root = mkdtempSync(join(tmpdir(), "config-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const text = "CONFIG_IP_VS=m\nCONFIG_IP_VS_SH_TAB_BITS=10\nCONFIG_IP_VS_MH_TAB_INDEX=17\n";

  it("are the defaults without a configuration, and of those that cannot be", () => {
    expect(sizesOf(undefined)).toEqual({ sh: 8, dh: 8, mh: 12, mhPlaces: 4093 });
    expect(sizesOf({ source: "x", number: () => 99 })).toEqual({ sh: 8, dh: 8, mh: 12, mhPlaces: 4093, source: "x" });
  });

  it("are read from where the configuration is", () => {
    expect(readKernelConfig(root, "6.1")).toBeUndefined();
    mkdirSync(join(root, "lib/modules/6.1"), { recursive: true });
    writeFileSync(join(root, "lib/modules/6.1/config"), text);
    expect(sizesOf(readKernelConfig(root, "6.1"))).toEqual({
      sh: 10,
      dh: 8,
      mh: 17,
      mhPlaces: 131071,
      source: join(root, "lib/modules/6.1/config"),
    });
    mkdirSync(join(root, "proc"));
    writeFileSync(join(root, "proc/config.gz"), "no gzip");
    expect(readKernelConfig(root, "6.1")!.source).toBe(join(root, "lib/modules/6.1/config"));
    writeFileSync(join(root, "proc/config.gz"), gzipSync("CONFIG_IP_VS_SH_TAB_BITS=9\n"));
    expect(readKernelConfig(root, "6.1")!.number("CONFIG_IP_VS_SH_TAB_BITS")).toBe(9);
  });

  it("say nothing for kernels that hash in another way", () => {
    expect(whyNotComputed("6.1.0-56-amd64", "x86_64")).toBeUndefined();
    expect(whyNotComputed("4.18.0-553.el8", "aarch64")).toBeUndefined();
    expect(whyNotComputed("4.17.19", "x86_64")).toContain("4.17.19");
    expect(whyNotComputed("3.10.0", "x86_64")).toContain("4.18");
    expect(whyNotComputed("6.1.0", "s390x")).toContain("s390x");
    expect(whyNotComputed("6.1.0", "armv7l")).toContain("armv7l");
  });
});

it.each<[string, Partial<LiveDestination>]>([
  ["open", {}],
  ["of weight 0", { weight: 0, upperThreshold: 1, activeConnections: 9 }],
  ["full", { upperThreshold: 10, activeConnections: 4, inactiveConnections: 6 }],
  ["perhaps full", { upperThreshold: 10, activeConnections: 9 }],
  ["perhaps full", { upperThreshold: 12, activeConnections: 9 }],
  ["open", { upperThreshold: 13, activeConnections: 9 }],
  ["perhaps full", { upperThreshold: 10, lowerThreshold: 2, inactiveConnections: 2 }],
  ["open", { upperThreshold: 10, lowerThreshold: 2, inactiveConnections: 1 }],
])("a server is %s: %j", (state, more) => expect(availability(server(1, more))).toBe(state));

describe("a server between its thresholds", () => {
  const between = server(1, { upperThreshold: 10, activeConnections: 8 });

  it("is one that perhaps gets a client of sh", () => {
    const choose = HASHING.sh!({ service: WEB, destinations: [between] }, facts);
    expect(choose({ address: "203.0.113.1" })).toMatchObject({ kind: "unknown", candidates: [between] });
  });

  it("or the one that fallback comes to", () => {
    const other = server(2);
    const service = { ...WEB, flags: FALLBACK };
    const choose = HASHING.sh!({ service, destinations: [between, other] }, facts);
    const choices = Array.from({ length: 50 }, (_, index) => choose({ address: `203.0.113.${index}` }));
    const unknown = choices.filter(({ kind }) => kind === "unknown");
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.length).toBeLessThan(50);
    for (const choice of unknown) expect(choice).toMatchObject({ candidates: [between, other] });
  });

  it("leaves counting schedulers unsure", () => {
    expect(choiceByCount("wlc", [between, server(2)])).toMatchObject({ kind: "unknown", candidates: { length: 2 } });
  });
});

describe("counting schedulers", () => {
  it.each(["rr", "wrr", "lblc", "lblcr", "twos", "news"])("%s is not known but for one server", (scheduler) => {
    expect(choiceByCount(scheduler, [server(1), server(2)])).not.toHaveProperty("now");
    expect(choiceByCount(scheduler, [server(1), server(2, { weight: 0 })])).toMatchObject({ kind: "server" });
    expect(choiceByCount(scheduler, [server(1, { weight: 0 })])).toMatchObject({ kind: "none" });
  });

  it("ovf has none when all have more than their weight", () =>
    expect(choiceByCount("ovf", [server(1, { activeConnections: 2 })])).toMatchObject({ kind: "none" }));
});

describe("entries", () => {
  const entry = (more: Partial<Connection>): Connection => ({
    protocol: "TCP",
    client: { address: "203.0.113.7", port: 4000 },
    virtual: { address: "192.0.2.1", port: 80 },
    destination: { address: "10.0.0.1", port: 80 },
    state: "ESTABLISHED",
    expires: 60,
    ...more,
  });
  const sysctls = { templatesEnd: false, portsKeepServers: false, orphansEnd: false };
  const evidence = (service: Service, entries: readonly Connection[], more: Partial<Evidence> = {}): Evidence => {
    const known = new Known({ service, taken: new Set([443]) });
    for (const one of entries) known.add(one);
    const choose = () => ({ kind: "server", server: server(9), why: "chosen" }) as const;
    return { scheduler: "sh", servers: [server(1), server(2)], known, choose, sysctls, ...more };
  };
  const client = { address: "203.0.113.7", port: 4000 };

  it("that are over leave the port to the scheduler, unless conn_reuse_mode is 0", () => {
    const entries = [entry({ state: "TIME_WAIT" })];
    expect(answer(client, evidence(WEB, entries))).toMatchObject({ by: "scheduler", server: server(9) });
    const kept = evidence(WEB, entries, { sysctls: { ...sysctls, portsKeepServers: true } });
    expect(answer(client, kept)).toMatchObject({ by: "connection", server: server(1) });
  });

  it("whose server is gone end with expire_nodest_conn", () => {
    const entries = [entry({ destination: { address: "10.0.0.8", port: 80 } })];
    const gone = answer(client, evidence(WEB, entries));
    expect([gone.by, gone.server, gone.candidates]).toEqual(["connection", undefined, undefined]);
    const ended = evidence(WEB, entries, { sysctls: { ...sysctls, orphansEnd: true } });
    expect(answer(client, ended)).toMatchObject({ by: "scheduler", server: server(9) });
  });

  it("of a client without a port are listed, and do not decide", () => {
    const found = answer({ address: client.address }, evidence(WEB, [entry({})]));
    expect([found.by, found.connections.length]).toEqual(["scheduler", 1]);
  });

  it("of other services do not count", () => {
    const all: Service = { ...WEB, port: 0, flags: PERSISTENT };
    const to = (port: number) => entry({ virtual: { address: "192.0.2.1", port } });
    expect(answer(client, evidence(all, [to(8080)])).by).toBe("connection");
    expect(answer(client, evidence(all, [to(443)])).by).toBe("scheduler");
    expect(answer(client, evidence(WEB, [entry({ protocol: "UDP" })])).by).toBe("scheduler");
  });

  const template = (virtual: Connection["virtual"], more: Partial<Connection> = {}) =>
    entry({ client: { address: "203.0.113.0", port: 0 }, virtual, ...more });
  it.each<[string, Service, Connection]>([
    [
      "a network",
      { ...WEB, flags: PERSISTENT, netmask: "255.255.255.0" },
      template({ address: "192.0.2.1", port: 80 }),
    ],
    [
      "FTP",
      { ...WEB, port: 21, flags: PERSISTENT, netmask: "255.255.255.0" },
      template({ address: "192.0.2.1", port: 0 }),
    ],
    [
      "a mark",
      { ...WEB, fwmark: 0x01020304, family: "ipv4", flags: PERSISTENT, netmask: "255.255.255.0" } as unknown as Service,
      template({ address: "1.2.3.4", port: 0 }, { protocol: "IP" }),
    ],
  ])("that are templates tie clients: %s", (_, service, one) => {
    expect(answer(client, evidence(service, [one]))).toMatchObject({ by: "template", server: server(1) });
  });

  it("that are templates of IPv6", () => {
    const service: Service = { ...WEB, address: "2001:db8::1", flags: PERSISTENT, netmask: 44 };
    const tie = { client: { address: "2001:db8::", port: 0 }, destination: { address: "10.0.0.1", port: 80 } };
    const one = template({ address: "2001:db8::1", port: 80 }, tie);
    expect(answer({ address: "2001:db8:f:1::9" }, evidence(service, [one])).by).toBe("template");
    expect(answer({ address: "2001:db8:1f:1::9" }, evidence(service, [one])).by).toBe("scheduler");
  });

  it("of persistence engines leave it open", () => {
    const found = answer(client, evidence(WEB, [], { persistenceEngine: "sip" }));
    expect([found.server, found.candidates?.length]).toEqual([undefined, 2]);
  });
});

describe("files of clients", () => {
  it("hold one a line", () =>
    expect(readClients("# all\n203.0.113.7\r\n\n203.0.113.8:4000 # one\n[2001:db8::1]:9\n2001:db8::2")).toEqual([
      { address: "203.0.113.7" },
      { address: "203.0.113.8", port: 4000 },
      { address: "2001:db8::1", port: 9 },
      { address: "2001:db8::2" },
    ]));

  it.each([
    ["203.0.113.7\nexample.com", "line 2: illegal client address[:port] specified: example.com"],
    ["203.0.113.7:0", "line 1: illegal client"],
    ["203.0.113.7:70000", "line 1: illegal client"],
    ["# nothing\n", "no clients"],
  ])("%j is a mistake", (text, message) => {
    expect(() => readClients(text)).toThrow(UsageError);
    expect(() => readClients(text)).toThrow(message);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { withNames } from "../../../src/names/names.js";
import { systemNames } from "../../../src/names/system.js";
import { startNameServer } from "./name-server.js";

const folder = mkdtempSync(join(tmpdir(), "ipvsadm-names-"));
afterAll(() => rmSync(folder, { recursive: true }));
const hosts = join(folder, "hosts");
writeFileSync(hosts, "10.0.0.1 vip.example.test vip\n2001:db8::1 six.example.test\n");
const resolv = join(folder, "resolv.conf");
writeFileSync(resolv, "search a.test b.test\n");
const services = join(folder, "services");
writeFileSync(services, "http 80/tcp www\nhttp-alt 8080/tcp webcache\nntp 123/udp\n");

describe("ports", () => {
  const names = systemNames({ services });

  test("by name or alias, in the right protocol, case-sensitive", () => {
    expect(names.portOf("http", "tcp")).toBe(80);
    expect(names.portOf("webcache", "tcp")).toBe(8080);
    expect(names.portOf("http", "udp")).toBeUndefined();
    expect(names.portOf("HTTP", "tcp")).toBeUndefined();
    expect(names.portOf("ntp", 17)).toBeUndefined();
  });

  test("by number", () => {
    expect(names.serviceOf(8080, "tcp")).toBe("http-alt");
    expect(names.serviceOf(123, "udp")).toBe("ntp");
    expect(names.serviceOf(123, "tcp")).toBeUndefined();
    expect(names.serviceOf(80, "sctp")).toBeUndefined();
  });

  test("nothing of it waits for load", () => {
    expect(names.pending).toBe(false);
  });
});

describe("addresses of hosts", () => {
  test("the hosts file answers at once", () => {
    const names = systemNames({ hosts });
    expect(names.addressOf("vip")).toBe("10.0.0.1");
    expect(names.addressOf("VIP.Example.test")).toBe("10.0.0.1");
    expect(names.pending).toBe(false);
  });

  test("the name server is asked for all others together, once each; IPv4 only", async () => {
    await using server = await startNameServer({
      "web.example.test": ["192.0.2.7", "192.0.2.8"],
      "www.example.test": ["192.0.2.9"],
    });
    const names = systemNames({ hosts, resolv, servers: [server.address] });
    const all = [
      "web.example.test",
      "www.example.test",
      "none.example.test",
      "web.example.test",
      "vip",
      "six.example.test",
    ];
    const ask = () => all.map((host) => names.addressOf(host));
    expect(ask()).toEqual([undefined, undefined, undefined, undefined, "10.0.0.1", undefined]);
    expect(names.pending).toBe(true);
    await names.load();
    expect(ask()).toEqual(["192.0.2.7", "192.0.2.9", undefined, "192.0.2.7", "10.0.0.1", undefined]);
    expect(names.pending).toBe(false);
    expect([...server.questions].sort()).toEqual([
      "none.example.test",
      "none.example.test.a.test",
      "none.example.test.b.test",
      "six.example.test",
      "six.example.test.a.test",
      "six.example.test.b.test",
      "web.example.test",
      "www.example.test",
    ]);
  });

  test("short names are completed by the search list", async () => {
    await using server = await startNameServer({ "web.b.test": ["192.0.2.7"], web: ["192.0.2.8"] });
    const names = systemNames({ hosts, resolv, servers: [server.address] });
    expect(await withNames(names, () => names.addressOf("web"))).toBe("192.0.2.7");
    expect(server.questions).toEqual(["web.a.test", "web.b.test"]);
  });

  test.each(["", "a b", "\0", "x".repeat(300), "[::1]", "caf\xe9", ".", "-"])(
    "%j is no host, and no crash",
    async (host) => {
      await using server = await startNameServer({});
      const names = systemNames({ hosts, resolv, servers: [server.address] });
      expect(await withNames(names, () => names.addressOf(host))).toBeUndefined();
    },
  );

  test("a silent name server costs the bounded wait once for all names, and nothing is left running", async () => {
    await using server = await startNameServer("silence");
    const names = systemNames({ hosts, resolv, servers: [server.address], wait: 200 });
    const all = Array.from({ length: 8 }, (_, index) => `rs${index}.example.test`);
    expect(await withNames(names, () => all.map((host) => names.addressOf(host)))).toEqual(all.map(() => undefined));
    while (new Set(server.questions).size < all.length) await new Promise(setImmediate); // they are on their way to it
    expect([...new Set(server.questions)].sort()).toEqual(all);
    expect(process.getActiveResourcesInfo().filter((name) => /query|timeout|dns|getaddrinfo/i.test(name))).toEqual([]);

    // The time is up, in the other direction too: nothing more is asked.
    expect(names.addressOf("rs9.example.test")).toBeUndefined();
    expect(names.hostOf("10.3.0.1")).toBeUndefined();
    expect(names.pending).toBe(false);
    expect(names.addressOf("vip")).toBe("10.0.0.1");
  });
});

describe("names of addresses", () => {
  test("the hosts file answers at once", () => {
    const names = systemNames({ hosts });
    expect(names.hostOf("10.0.0.1")).toBe("vip.example.test");
    expect(names.hostOf("2001:db8::1")).toBe("six.example.test");
    expect(names.pending).toBe(false);
  });

  test("the name server is asked once for each address", async () => {
    await using server = await startNameServer({
      "1.1.0.10.in-addr.arpa": ["rs1.example.test", "other.example.test"],
      "2.1.0.10.in-addr.arpa": ["rs2.example.test"],
      "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa": ["never asked: in hosts"],
      "2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa": ["two.example.test"],
    });
    const names = systemNames({ hosts, servers: [server.address] });
    const all = ["10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.1", "10.0.0.1", "2001:db8::1", "2001:db8::2"];
    const ask = () => all.map((address) => names.hostOf(address));
    ask();
    ask();
    expect(names.pending).toBe(true);
    await names.load();
    const found = ["rs1.example.test", "rs2.example.test", undefined, "rs1.example.test", "vip.example.test"];
    expect(ask()).toEqual([...found, "six.example.test", "two.example.test"]);
    expect(names.pending).toBe(false);
    expect([...server.questions].sort()).toEqual([
      "1.1.0.10.in-addr.arpa",
      "2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
      "2.1.0.10.in-addr.arpa",
      "3.1.0.10.in-addr.arpa",
    ]);
  });

  test("a thousand addresses, all answered", async () => {
    const addresses = Array.from({ length: 1000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
    const questions = addresses.map((address) => `${address.split(".").reverse().join(".")}.in-addr.arpa`);
    await using server = await startNameServer(
      Object.fromEntries(questions.map((question, index) => [question, [`host-${index}.example.test`]])),
    );
    const names = systemNames({ hosts, servers: [server.address] });
    const found = await withNames(names, () => addresses.map((address) => names.hostOf(address)));
    expect(found).toEqual(addresses.map((_, index) => `host-${index}.example.test`));
    expect([...server.questions].sort()).toEqual([...questions].sort());
  });

  test("names that could steer a terminal are not names", async () => {
    await using server = await startNameServer({ "1.1.0.10.in-addr.arpa": ["\x1b[2Jgone"] });
    const names = systemNames({ hosts, servers: [server.address] });
    expect(await withNames(names, () => names.hostOf("10.0.1.1"))).toBeUndefined();
  });

  test("a silent name server costs the bounded wait once, and nothing is left running", async () => {
    await using server = await startNameServer("silence");
    const names = systemNames({ hosts, servers: [server.address], wait: 100 });
    const addresses = Array.from({ length: 200 }, (_, index) => `10.2.0.${index}`);
    const found = await withNames(names, () => addresses.map((address) => names.hostOf(address)));
    expect(found).toEqual(addresses.map(() => undefined));
    expect(server.questions.length).toBeGreaterThan(0);
    expect(process.getActiveResourcesInfo().filter((name) => /query|timeout|dns/i.test(name))).toEqual([]);

    expect(names.hostOf("10.3.0.1")).toBeUndefined();
    expect(names.pending).toBe(false);
    expect(names.hostOf("10.0.0.1")).toBe("vip.example.test");
  });
});

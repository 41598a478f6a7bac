import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { completeNames, readHosts, readSearchList, readServices } from "../../../src/names/files.js";

const folder = mkdtempSync(join(tmpdir(), "ipvsadm-names-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, "file");
  writeFileSync(path, text);
  return path;
}

describe("hosts", () => {
  test("the first name of the first line of an address", () => {
    const hosts = readHosts(
      file(
        "127.0.0.1 localhost vm\n" +
          "::1 ip6-localhost\n" +
          "# 10.0.0.2 commented\n" +
          "10.0.0.1\tvip.example.test  vip # 10.0.0.3 x\n" +
          "10.0.0.1 later\n" +
          "2001:DB8:0::7 both.example.test\r\n" +
          "10.0.0.9\n" +
          "nonsense line\n" +
          "10.0.0.10 last",
      ),
    );
    expect([...hosts.names]).toEqual([
      ["127.0.0.1", "localhost"],
      ["::1", "ip6-localhost"],
      ["10.0.0.1", "vip.example.test"],
      ["2001:db8::7", "both.example.test"],
      ["10.0.0.10", "last"],
    ]);
  });

  test("the first IPv4 address of a name or alias, whatever the case", () => {
    const { addresses } = readHosts(
      file(
        "127.0.0.1 localhost\n::1 localhost ip6-localhost\n10.0.0.1 VIP.example.test vip\n10.0.0.2 vip\n" +
          "2001:db8::1 six\n2001:db8::7 both\n10.0.0.7 both\n::ffff:10.0.0.8 mapped\n",
      ),
    );
    expect([...addresses]).toEqual([
      ["localhost", "127.0.0.1"],
      ["ip6-localhost", "127.0.0.1"],
      ["vip.example.test", "10.0.0.1"],
      ["vip", "10.0.0.1"],
      ["both", "10.0.0.7"],
      ["mapped", "10.0.0.8"],
    ]);
  });

  test("names that could steer a terminal are not names", () => {
    expect(readHosts(file("10.0.0.1 \x1b[2Jgone\n10.0.0.2 caf\xe9\n")).names.size).toBe(0);
  });

  test.each([
    ["missing", () => join(folder, "missing")],
    ["a folder", () => folder],
    ["empty", () => file("")],
  ])("%s: no names", (_, path) => {
    expect(readHosts(path())).toEqual({ names: new Map(), addresses: new Map() });
  });

  test("a file of absurd size is not read", () => {
    const path = file("10.0.0.1 vip\n");
    truncateSync(path, 65 * 1024 * 1024);
    expect(readHosts(path).names.size).toBe(0);
  });
});

describe("the search list", () => {
  test.each([
    ["", "vm", [], 1],
    ["nameserver 10.0.0.53\n", "vm.example.test", ["example.test"], 1],
    ["search a.test b.test # home\n", "vm.example.test", ["a.test", "b.test"], 1],
    ["domain a.test\n", "vm", ["a.test"], 1],
    ["search a.test\nsearch b.test\n", "vm", ["b.test"], 1],
    ["# search a.test\noptions timeout:2 ndots:3 rotate\n", "vm", [], 3],
    ["search ndots:5\noptions ndots:x\n", "vm", ["ndots:5"], 1],
  ])("of %j on %s", (text, host, domains, dots) => {
    expect(readSearchList(file(text), host)).toEqual({ domains, dots });
  });

  const domains = ["a.test", "b.test"];
  test.each([
    ["web", 1, ["web.a.test", "web.b.test", "web"]],
    ["web.c", 1, ["web.c", "web.c.a.test", "web.c.b.test"]],
    ["web.c", 2, ["web.c.a.test", "web.c.b.test", "web.c"]],
    ["web", 0, ["web", "web.a.test", "web.b.test"]],
    ["web.c.", 5, ["web.c."]],
  ])("%s, where %d dots are enough", (name, dots, names) => {
    expect(completeNames(name, { domains, dots })).toEqual(names);
  });
});

describe("services", () => {
  const services = readServices(
    file(
      "# comment\n" +
        "http\t\t80/tcp\t\twww\t\t# WorldWideWeb HTTP\n" +
        "domain 53/tcp\n" +
        "domain 53/udp\n" +
        "sip 5060/udp\n" +
        "web 80/tcp\n" +
        "http 8080/tcp\n" +
        "http 8/udp\n" +
        "large 65536/tcp\n" +
        "odd x/tcp\n" +
        "hex 0x50/udp\n" +
        "bare 81\n",
    ),
  );

  test("a name or alias has the port of its first line, in its protocol", () => {
    expect([...services.ports]).toEqual([
      ["tcp http", 80],
      ["tcp www", 80],
      ["tcp domain", 53],
      ["udp domain", 53],
      ["udp sip", 5060],
      ["tcp web", 80],
      ["udp http", 8],
    ]);
  });

  test("a port has the name of its first line, never an alias", () => {
    expect([...services.names]).toEqual([
      ["tcp 80", "http"],
      ["tcp 53", "domain"],
      ["udp 53", "domain"],
      ["udp 5060", "sip"],
      ["tcp 8080", "http"],
      ["udp 8", "http"],
    ]);
  });
});

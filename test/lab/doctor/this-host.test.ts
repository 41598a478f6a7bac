import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IpvsClient } from "../../../src/client/client.js";
import { dropOf } from "../../../src/host/firewall/walk.js";
import type { Route, RouteQuestion } from "../../../src/host/host.js";
import { readProcTable } from "../../../src/host/proc-table.js";
import { ThisHost } from "../../../src/host/this-host.js";
import { serviceId } from "../../../src/model/service.js";
import { run, succeed, words } from "../shell.js";

const host = new ThisHost();

async function type(...lines: string[]): Promise<void> {
  for (const line of lines) succeed(line, await run(words(line)));
}

/** In the namespace that the tests run in, so that our own code reads it. */
describe("this host, as the real kernel has it", () => {
  beforeAll(() =>
    type(
      "ip link set lo up",
      "ip link add doctor0 mtu 1400 type dummy",
      "ip addr add 10.99.0.1/24 dev doctor0",
      "ip addr add fd99::1/64 dev doctor0 nodad",
      "ip link set doctor0 up",
      "ip neigh add 10.99.0.9 lladdr 02:00:00:00:00:09 dev doctor0 nud permanent",
      "ip route add 10.98.1.0/24 via 10.99.0.9 mtu 1300",
      "ip route add 10.98.2.0/24 via inet6 fd99::9 dev doctor0",
      "ip route add blackhole 10.98.3.0/24",
      "ip route add unreachable 10.98.4.0/24",
      "ip route add prohibit 10.98.5.0/24",
      "ip rule add fwmark 99 lookup 99",
      "ip route add local 0.0.0.0/0 dev lo table 99",
    ),
  );
  afterAll(() =>
    type(
      "ip link del doctor0",
      "ip rule del fwmark 99",
      "ip route flush table 99",
      "ip route del blackhole 10.98.3.0/24",
      "ip route del unreachable 10.98.4.0/24",
      "ip route del prohibit 10.98.5.0/24",
    ),
  );

  const index = async () => (await host.links()).find(({ name }) => name === "doctor0")!.index;

  it("has links", async () => {
    const links = await host.links();
    expect(links.find(({ name }) => name === "lo")).toMatchObject({ mtu: 65536, up: true });
    expect(links.find(({ name }) => name === "doctor0")).toMatchObject({ mtu: 1400, up: true, carrier: true });
  });

  it("has addresses and neighbours", async () => {
    const link = await index();
    const addresses = (await host.addresses()).filter((address) => address.link === link);
    expect(addresses).toContainEqual({ address: "10.99.0.1", prefixLength: 24, link });
    expect(addresses).toContainEqual({ address: "fd99::1", prefixLength: 64, link });
    expect(await host.neighbours()).toContainEqual({ address: "10.99.0.9", link, state: "permanent" });
  });

  it("has routes of every kind", async () => {
    const link = await index();
    const source = "10.99.0.1";
    const expected: [RouteQuestion, Route][] = [
      [{ address: "10.99.0.1" }, { type: "local", link: 1, source }],
      [{ address: "10.99.0.5" }, { type: "unicast", link, source }],
      [{ address: "10.99.0.255" }, { type: "broadcast", link, source }],
      [{ address: "10.98.1.5" }, { type: "unicast", link, source, gateway: "10.99.0.9", mtu: 1300 }],
      [{ address: "10.98.2.5" }, { type: "unicast", link, source, gateway: "fd99::9" }],
      [{ address: "10.98.3.5" }, { type: "blackhole" }],
      [{ address: "10.98.4.5" }, { type: "unreachable" }],
      [{ address: "10.98.5.5" }, { type: "prohibit" }],
      [{ address: "10.97.0.5" }, { type: "none" }],
      [
        { address: "10.97.0.5", mark: 99 },
        { type: "local", link: 1, source: "10.97.0.5" },
      ],
      [{ address: "fd99::1" }, { type: "local", link: 1, source: "fd99::1" }],
      [{ address: "fd99::5" }, { type: "unicast", link, source: "fd99::1" }],
      [{ address: "fd98::5" }, { type: "none" }],
    ];
    expect(await host.routes(expected.map(([question]) => question))).toMatchObject(expected.map(([, route]) => route));
  });

  it("has routes of packets that come in", async () => {
    await type(
      "ip rule add iif doctor0 fwmark 98 lookup 98",
      "ip route add local 10.97.0.6/32 dev lo table 98",
      "ip -6 rule add iif doctor0 lookup 98",
      "ip -6 route add local fd97::6 dev lo table 98",
    );
    const input = await index();
    const expected: [RouteQuestion, Route][] = [
      [{ address: "10.97.0.6", mark: 98 }, { type: "none" }],
      [
        { address: "10.97.0.6", mark: 98, input, source: "10.99.0.5" },
        { type: "local", table: 98 },
      ],
      [{ address: "10.97.0.6", input, source: "10.99.0.5" }, expect.objectContaining({ type: expect.any(String) })],
      [{ address: "10.97.0.6", mark: 98, input, source: "10.99.0.1" }, { type: "refused" }],
      [
        { address: "10.99.0.1", input, source: "10.99.0.5" },
        { type: "local", table: 255 },
      ],
      [{ address: "fd97::6" }, { type: "none" }],
      [
        { address: "fd97::6", input, source: "fd99::5" },
        { type: "local", table: 98 },
      ],
    ];
    const answers = await host.routes(expected.map(([question]) => question));
    expect(answers).toMatchObject(expected.map(([, route]) => route));
    expect(answers[2]!.type).not.toBe("local");
    const rules = (await host.routingRules()).filter(({ table }) => table === 98);
    expect(rules).toEqual([
      {
        family: "ipv4",
        priority: expect.any(Number),
        mark: { value: 98, mask: 0xffffffff },
        input: "doctor0",
        inverted: false,
        table: 98,
      },
      { family: "ipv6", priority: expect.any(Number), input: "doctor0", inverted: false, table: 98 },
    ]);
    await type(
      "ip rule del fwmark 98",
      "ip -6 rule del lookup 98",
      "ip route flush table 98",
      "ip -6 route flush table 98",
    );
  });

  it("answers thousands of questions in their order", async () => {
    const questions = Array.from({ length: 3000 }, (_, n) => ({ address: n % 2 ? "10.99.0.1" : "10.99.0.5" }));
    const types = (await host.routes(questions)).map(({ type }) => type);
    expect(types).toEqual(questions.map((_, n) => (n % 2 ? "local" : "unicast")));
  });

  it("has parameters, counters, modules and processes", async () => {
    expect(host.sysctl("net.ipv4.ip_forward")).toMatch(/^[01]$/);
    expect(host.sysctl("net.ipv4.conf.doctor0.rp_filter")).toMatch(/^[012]$/);
    expect(host.sysctl("net.ipv4.vs.sync_threshold")).toBe("3 50");
    expect(host.sysctl("net.ipv4.vs.nothing")).toBeUndefined();
    expect(host.counter("TcpExt.IPReversePathFilter")).toBeGreaterThanOrEqual(0);
    expect(host.counter("TcpExt.Nothing")).toBeUndefined();
    expect(host.conntrackDrops()).toBeGreaterThanOrEqual(0);
    expect(["loaded", "builtin"]).toContain(host.module("ip_vs"));
    expect(host.module("ip_vs_nothing")).toBe("absent");
    expect(host.processes().size).toBeGreaterThan(0);
    expect(host.initialUserNamespace()).toBe(true);
  });

  it("has sockets that wait for clients", async () => {
    const tcp = createServer().listen(0, "10.99.0.1");
    const udp = createSocket("udp6").bind(0);
    await Promise.all([once(tcp, "listening"), once(udp, "listening")]);
    try {
      expect(host.listeners("tcp")).toContainEqual({ address: "10.99.0.1", port: (tcp.address() as AddressInfo).port });
      expect(host.listeners("udp")).toContainEqual({ address: "::", port: udp.address().port });
    } finally {
      tcp.close();
      udp.close();
    }
  });

  it("has the table that netlink has, for everybody", async () => {
    await type(
      "ipvsadm -A -t 10.99.0.1:80 -s rr -p 300 -M 255.255.255.0",
      "ipvsadm -a -t 10.99.0.1:80 -r 10.99.0.5:80 -i -w 3",
      "ipvsadm -A -u 10.99.0.1:53 -s rr -o",
      "ipvsadm -A -u [fd99::1]:53 -s wlc -p 300 -M 64",
      "ipvsadm -a -u [fd99::1]:53 -r [fd99::5]:5353 -m",
      "ipvsadm -A -f 7 -s sh",
      "ipvsadm -a -f 7 -r 10.99.0.5 -g",
    );
    const client = await IpvsClient.open();
    try {
      const { info, table } = readProcTable()!;
      expect(info).toEqual(await client.info());
      const live = await client.table();
      expect(table.length).toBe(live.length);
      for (const { service, destinations } of live) {
        const entry = table.find((one) => serviceId(one.service) === serviceId(service))!;
        expect(entry.service).toEqual({ ...service, timeout: 0 });
        expect(entry.destinations).toEqual(destinations.map(({ tunnel: _, ...server }) => server));
      }
    } finally {
      client.close();
      await type("ipvsadm -C");
    }
  });

  it("lists the rules of iptables, and loads no module to do so", async () => {
    const modules = async () => (await readFile("/proc/modules", "utf8")).replace(/^(\S+) .*$/gm, "$1");
    await type("iptables-legacy -A INPUT -s 192.0.2.0/24 -j DROP");
    const before = await modules();
    const unread: string[] = [];
    const firewall = await host.firewall(["ipv4", "ipv6"], (what) => unread.push(what));
    expect(unread).toEqual([]);
    expect(await modules()).toBe(before);
    const filter = firewall.find(({ name }) => name === "iptables-legacy filter")!;
    expect(filter.chains.get("INPUT")!.rules.map(({ text }) => text)).toContain("-s 192.0.2.0/24 -j DROP");
    await type("iptables-legacy -D INPUT -s 192.0.2.0/24 -j DROP");
  });

  it.each(["constructor", "toString", "__proto__"])("sees what a chain named %s drops", async (name) => {
    const request = { family: "ipv4", protocol: 6, destination: "10.99.0.1", destinationPort: 80 } as const;
    const drops = async () => dropOf(await host.firewall(["ipv4"]), "input", request, 98)?.chain;
    expect(await drops()).toBeUndefined();
    await type(
      `iptables-legacy -N ${name}`,
      `iptables-legacy -A ${name} -p tcp -j DROP`,
      `iptables-legacy -I INPUT -j ${name}`,
    );
    expect(await drops()).toBe(name);
    await type(`iptables-legacy -D INPUT -j ${name}`, `iptables-legacy -F ${name}`, `iptables-legacy -X ${name}`);
  });

  it("goes through chains that jump to each other four times in each of ten levels", async () => {
    const levels = Array.from({ length: 10 }, (_, n) => `L${n}`);
    const rules = levels.flatMap((level, n) =>
      n === 9 ? [`-A ${level} -p tcp -j DROP`] : Array.from({ length: 4 }, () => `-A ${level} -j L${n + 1}`),
    );
    const text = ["*filter", ...levels.map((level) => `:${level} - [0:0]`), ...rules, "-A INPUT -j L0", "COMMIT", ""];
    succeed("iptables-legacy-restore", await run(["iptables-legacy-restore", "-n"], text.join("\n")));
    const request = { family: "ipv4", protocol: 6 } as const;
    expect(dropOf(await host.firewall(["ipv4"]), "input", request, 98)?.chain).toBe("L9");
    await type("iptables-legacy -F", "iptables-legacy -X");
  });
});

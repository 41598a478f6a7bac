import { describe, expect, it } from "vitest";
import { TrafficCount } from "../../../src/doctor/traffic.js";
import type { Connection } from "../../../src/model/connection.js";
import { connection, entry, server } from "./snapshot.js";

const count = (table: ConstructorParameters<typeof TrafficCount>[0], first: readonly Connection[], second = first) => {
  const traffic = new TrafficCount(table);
  for (const one of first) traffic.add(one);
  for (const one of second) traffic.again(one);
  return traffic;
};

const NONE = { stuck: 0, heard: 0, closed: 0, unheard: [], clients: [] };

describe("connections are counted for", () => {
  const web = entry([server("10.0.0.42"), server("10.0.0.78")]);

  it("their service and server", () => {
    const [a, b] = web.destinations;
    const traffic = count([web], [connection("10.0.0.42", "ESTABLISHED"), connection("10.0.0.78", "SYN_RECV")]);
    expect(traffic.of({ entry: web, server: a! })).toEqual({ ...NONE, heard: 1, clients: ["10.0.0.8"] });
    expect(traffic.of({ entry: web, server: b! })).toEqual({
      ...NONE,
      stuck: 1,
      clients: ["10.0.0.8"],
      unheard: ["10.0.0.8"],
    });
    expect(traffic.isSuspicious).toBe(true);
  });

  it("clients who were never heard, in other states too", () => {
    const [a] = web.destinations;
    const from = (address: string, port: number, state: string) =>
      connection("10.0.0.42", state, { client: { address, port } });
    const traffic = count(
      [web],
      [
        from("192.0.2.1", 1, "SYN_RECV"),
        from("192.0.2.1", 2, "TIME_WAIT"),
        from("192.0.2.2", 1, "SYN_RECV"),
        from("192.0.2.3", 1, "CLOSE"),
      ],
    );
    expect(traffic.of({ entry: web, server: a! })).toEqual({
      stuck: 2,
      heard: 2,
      closed: 1,
      unheard: ["192.0.2.2"],
      clients: ["192.0.2.1", "192.0.2.2", "192.0.2.3"],
    });
  });

  it("SCTP by its own states", () => {
    const sctp = entry([server("10.0.0.42")], { protocol: "sctp" });
    const states = ["INIT1", "COOKIE_SENT", "ESTABLISHED", "REJECTED"].map((state, port) =>
      connection("10.0.0.42", state, { protocol: "SCTP", client: { address: "10.0.0.8", port: port + 1 } }),
    );
    expect(count([sctp], states).of({ entry: sctp, server: sctp.destinations[0]! })).toMatchObject({
      stuck: 1,
      heard: 2,
      closed: 1,
    });
  });

  it("a service of all ports", () => {
    const all = entry([server("10.0.0.42", { port: 0 })], { port: 0 });
    const traffic = count([all], [connection("10.0.0.42", "CLOSE")]);
    expect(traffic.of({ entry: all, server: all.destinations[0]! }).heard).toBe(1);
  });

  it("a firewall mark, by the server", () => {
    const marked = entry([server("10.0.0.42")], { fwmark: 7, family: "ipv4" });
    const elsewhere = connection("10.0.0.42", "ESTABLISHED", { virtual: { address: "192.0.2.7", port: 443 } });
    expect(count([marked], [elsewhere]).of({ entry: marked, server: marked.destinations[0]! }).heard).toBe(1);
  });

  it("nobody, when they are templates or of another service", () => {
    const traffic = count(
      [web],
      [
        connection("10.0.0.42", "NONE", { client: { address: "10.0.0.8", port: 0 } }),
        connection("10.0.0.42", "ESTABLISHED", { virtual: { address: "192.0.2.7", port: 80 } }),
        connection("10.0.0.42", "UDP", { protocol: "UDP" }),
      ],
    );
    expect(traffic.of({ entry: web, server: web.destinations[0]! })).toEqual(NONE);
    expect([...traffic.strays]).toEqual([]);
  });

  it("servers that are gone, by protocol", () => {
    const udp = entry([server("10.0.0.42")], { protocol: "udp" });
    const traffic = count(
      [web, udp],
      [
        connection("10.0.0.99", "ESTABLISHED"),
        connection("10.0.0.99", "FIN_WAIT"),
        connection("10.0.0.99", "TIME_WAIT"),
        connection("10.0.0.99", "UDP", { protocol: "UDP" }),
      ],
    );
    expect([...traffic.strays.values()]).toEqual([
      { entry: web, server: "10.0.0.99:80", protocol: "TCP", count: 2 },
      { entry: udp, server: "10.0.0.99:80", protocol: "UDP", count: 1 },
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { connectionFilter, filterConnections } from "../../../src/listing/filter-connections.js";
import { filterTable } from "../../../src/listing/filter-table.js";
import type { Connection } from "../../../src/model/connection.js";
import { destinationId } from "../../../src/model/destination.js";
import { type ServiceKey, serviceId } from "../../../src/model/service.js";
import type { Table } from "../../../src/model/table.js";

const entry = (key: ServiceKey, ...servers: readonly (readonly [address: string, port: number, weight: number])[]) => ({
  service: { ...key, scheduler: "rr", flags: 0, timeout: 0, netmask: "255.255.255.255" },
  destinations: servers.map(([address, port, weight]) => ({
    address,
    port,
    weight,
    forwarding: "masq" as const,
    upperThreshold: 0,
    lowerThreshold: 0,
  })),
});

const table: Table = [
  entry({ protocol: "tcp", address: "192.0.2.1", port: 80 }, ["10.0.0.1", 80, 1], ["10.0.0.2", 80, 0]),
  entry({ protocol: "tcp", address: "2001:db8::1", port: 80 }, ["10.0.0.1", 8080, 5]),
  entry({ protocol: "udp", address: "192.0.2.1", port: 53 }, ["10.0.0.10", 53, 0]),
  entry({ protocol: "sctp", address: "192.0.2.1", port: 99 }),
  entry({ protocol: 1, address: "192.0.2.1", port: 0 }),
  entry({ fwmark: 7, family: "ipv4" }, ["10.0.0.2", 80, 1]),
  entry({ fwmark: 7, family: "ipv6" }),
];

const shown = (...args: Parameters<typeof filterTable>): string[] =>
  filterTable(...args).map(({ service, destinations }) =>
    [serviceId(service), ...destinations.map(destinationId)].join(" > "),
  );

describe("filterTable", () => {
  it("shows everything without a filter", () => expect(filterTable(table)).toEqual(table));

  it("finds a server in all services, at any port", () => {
    expect(shown(table, { server: { address: "10.0.0.1" } })).toEqual([
      "tcp 192.0.2.1:80 > 10.0.0.1:80",
      "tcp [2001:db8::1]:80 > 10.0.0.1:8080",
    ]);
  });

  it("finds a server at one port", () => {
    expect(shown(table, { server: { address: "10.0.0.1", port: 80 } })).toEqual(["tcp 192.0.2.1:80 > 10.0.0.1:80"]);
  });

  it("finds the servers of weight 0", () => {
    expect(shown(table, { weightZero: true })).toEqual([
      "tcp 192.0.2.1:80 > 10.0.0.2:80",
      "udp 192.0.2.1:53 > 10.0.0.10:53",
    ]);
  });

  it("wants both of a server and its weight", () => {
    expect(shown(table, { weightZero: true, server: { address: "10.0.0.2" } })).toEqual([
      "tcp 192.0.2.1:80 > 10.0.0.2:80",
    ]);
  });

  it("finds services without servers", () => {
    expect(shown(table, { empty: true })).toEqual(["sctp 192.0.2.1:99", "1 192.0.2.1:0", "fwmark 7 ipv6"]);
  });

  it.each([
    [["udp"], ["udp 192.0.2.1:53 > 10.0.0.10:53"]],
    [
      ["udp", "sctp"],
      ["udp 192.0.2.1:53 > 10.0.0.10:53", "sctp 192.0.2.1:99"],
    ],
    [["ipv6"], ["tcp [2001:db8::1]:80 > 10.0.0.1:8080", "fwmark 7 ipv6"]],
    [["fwmark"], ["fwmark 7 ipv4 > 10.0.0.2:80", "fwmark 7 ipv6"]],
    [["fwmark", "ipv6"], ["fwmark 7 ipv6"]],
    [
      ["tcp", "fwmark", "ipv6"],
      ["tcp [2001:db8::1]:80 > 10.0.0.1:8080", "fwmark 7 ipv6"],
    ],
  ] as const)("only %j", (only, expected) => expect(shown(table, { only })).toEqual(expected));
});

const connection = (
  protocol: string,
  client: string,
  virtual: string,
  destination: string,
  state: string,
): Connection => {
  const end = (text: string) => {
    const at = text.lastIndexOf(":");
    return { address: text.slice(0, at), port: Number(text.slice(at + 1)) };
  };
  return { protocol, client: end(client), virtual: end(virtual), destination: end(destination), state, expires: 10 };
};

const connections = [
  connection("TCP", "198.51.100.1:40000", "192.0.2.1:80", "10.0.0.1:80", "ESTABLISHED"),
  connection("TCP", "198.51.100.2:40000", "192.0.2.1:80", "10.0.0.2:80", "FIN_WAIT"),
  connection("UDP", "198.51.100.2:40001", "192.0.2.1:53", "10.0.0.2:53", "UDP"),
  connection("TCP", "2001:db8::9:40002", "2001:db8::1:80", "2001:db8::2:80", "ESTABLISHED"),
];

describe("connectionFilter", () => {
  it.each([
    [{}, [0, 1, 2, 3]],
    [{ client: { address: "198.51.100.2" } }, [1, 2]],
    [{ client: { address: "198.51.100.2", port: 40001 } }, [2]],
    [{ client: { address: "198.51.100.0", prefixLength: 24 } }, [0, 1, 2]],
    [{ client: { address: "::", prefixLength: 0 } }, [3]],
    [{ virtual: { address: "192.0.2.1", port: 80 } }, [0, 1]],
    [{ server: { address: "10.0.0.2" } }, [1, 2]],
    [{ state: "established" }, [0, 3]],
    [{ server: { address: "10.0.0.2" }, state: "FIN_WAIT" }, [1]],
  ])("%j", (filter, expected) => {
    const wanted = connectionFilter(filter);
    expect(connections.flatMap((connection, index) => (wanted(connection) ? [index] : []))).toEqual(expected);
  });

  it("filters batches one by one", async () => {
    async function* batches() {
      yield connections.slice(0, 2);
      yield connections.slice(2);
    }
    const found = [];
    for await (const batch of filterConnections(batches(), { state: "UDP" })) found.push(batch);
    expect(found).toEqual([[], [connections[2]]]);
  });
});

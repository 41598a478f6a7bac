import { describe, expect, test } from "vitest";
import type { Connection } from "../../../src/model/connection.js";
import {
  renderConnectionsJson,
  renderDaemonsJson,
  renderSavedJson,
  renderServicesJson,
  renderTimeoutsJson,
} from "../../../src/render/json.js";
import { info, server, stats, table, tcp } from "./samples.js";

const entry = {
  service: tcp("10.0.0.1", 80, { scheduler: "sh", flags: 0x71, timeout: 300, persistenceEngine: "sip" }),
  stats: stats(9007199254740991n, 9007199254740992n),
  destinations: [
    server("10.0.1.1", 8080, {
      upperThreshold: 10,
      lowerThreshold: 5,
      forwarding: "tunnel",
      tunnel: { type: "gue", port: 6080, flags: 1 },
      activeConnections: 1,
      inactiveConnections: 2,
      persistentConnections: 3,
      stats: stats(18446744073709551615n, 0n),
    }),
    server("10.0.1.2", 8080, { forwarding: 5, tunnel: { type: 9, port: 0, flags: 3 } }),
  ],
};

const configured = {
  protocol: "tcp",
  address: "10.0.0.1",
  port: 80,
  scheduler: "sh",
  persistent: true,
  timeout: 300,
  netmask: "255.255.255.255",
  persistenceEngine: "sip",
  onePacket: false,
  schedulerFlags: ["sh-port", "flag-3"],
  otherFlags: 0x40,
};

const servers = [
  {
    address: "10.0.1.1",
    port: 8080,
    forwarding: "tunnel",
    weight: 1,
    upperThreshold: 10,
    lowerThreshold: 5,
    tunnel: { type: "gue", port: 6080, checksum: "csum" },
  },
  {
    address: "10.0.1.2",
    port: 8080,
    forwarding: 5,
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    tunnel: { type: 9, port: 0, checksum: 3 },
    raw: true,
  },
];

/** Totals and rates as the document shows them. */
function counters(total: number | string, rate: number | string) {
  return {
    connections: total,
    inPackets: total,
    outPackets: total,
    inBytes: total,
    outBytes: total,
    connectionRate: rate,
    inPacketRate: rate,
    outPacketRate: rate,
    inByteRate: rate,
    outByteRate: rate,
  };
}

test("a listing carries everything that the kernel reports, counters exactly", () => {
  expect(JSON.parse(renderServicesJson(info, [entry]).join(""))).toEqual({
    ipvs: { version: "1.2.1", connectionTableSize: 4096 },
    services: [
      {
        ...configured,
        stats: counters(9007199254740991, "9007199254740992"),
        destinations: [
          {
            ...servers[0],
            activeConnections: 1,
            inactiveConnections: 2,
            persistentConnections: 3,
            stats: counters("18446744073709551615", 0),
          },
          {
            ...servers[1],
            activeConnections: 0,
            inactiveConnections: 0,
            persistentConnections: 0,
            stats: counters(0, 0),
          },
        ],
      },
    ],
  });
});

test("a saved table carries what was configured and nothing that changes by itself", () => {
  expect(JSON.parse(renderSavedJson([entry]).join(""))).toEqual({
    services: [{ ...configured, destinations: servers }],
  });
});

test("a saved table with settings", () => {
  const timeouts = { tcp: 900, tcpFin: 120, udp: 300 };
  const daemon = { state: "master", interface: "eth0", syncId: 7 } as const;
  expect(JSON.parse(renderSavedJson([], timeouts, [daemon]).join(""))).toEqual({
    services: [],
    timeouts,
    daemons: [daemon],
  });
});

test("one record a line", () => {
  const lines = renderServicesJson(info, table).join("").split("\n");
  const records = table.length + table.reduce((sum, { destinations }) => sum + destinations.length, 0);
  expect(lines.filter((line) => line.includes('"address"') || line.includes('"fwmark"'))).toHaveLength(records);
  expect(lines.at(-1)).toBe("");
});

test("an empty table", () => {
  expect(renderSavedJson([]).join("")).toBe('{"services":[\n]}\n');
});

test("settings", () => {
  expect(renderTimeoutsJson({ tcp: 900, tcpFin: 120, udp: 300 })).toBe(
    '{"timeouts":{"tcp":900,"tcpFin":120,"udp":300}}\n',
  );
  expect(renderDaemonsJson([])).toBe('{"daemons":[]}\n');
});

describe("connections", () => {
  const connection: Connection = {
    protocol: "UDP",
    client: { address: "10.9.0.2", port: 0 },
    virtual: { address: "10.9.0.1", port: 5060 },
    destination: { address: "2001:db8::1", port: 5060 },
    state: "ASSURED",
    expires: 290,
    persistence: { engine: "sip", data: 'a"b\xff' },
  };

  async function rendered(batches: Connection[][]): Promise<string> {
    async function* source() {
      yield* batches;
    }
    let text = "";
    for await (const piece of renderConnectionsJson(source())) text += piece;
    return text;
  }

  test.each([[[]], [[[]]], [[[connection]]], [[[], [connection, connection], [], [connection]]]])(
    "in whatever batches they come",
    async (batches) => {
      const text = await rendered(batches);
      expect(JSON.parse(text)).toEqual({ connections: batches.flat().map((one) => ({ ...one, protocol: "udp" })) });
      expect(text.split("\n")).toHaveLength(3 + Math.max(1, batches.flat().length) - (batches.flat().length ? 0 : 1));
    },
  );
});

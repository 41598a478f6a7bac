import { describe, expect, test } from "vitest";
import { UsageError } from "../../../src/errors.js";
import { DocumentError, isDocument } from "../../../src/model/document.js";
import { parseDocument } from "../../../src/model/document-input.js";

const web = { protocol: "tcp", address: "10.0.0.1", port: 80 };
const real = { address: "10.0.1.1", port: 8080, forwarding: "masq" };

function read(value: unknown) {
  return parseDocument(JSON.stringify(value));
}

/** What is wrong with a text, as `path: reason`. */
function mistakes(text: string): string[] {
  try {
    parseDocument(text);
  } catch (error) {
    expect(error).toBeInstanceOf(DocumentError);
    return (error as DocumentError).mistakes.map(({ path, reason }) => `${path}: ${reason}`);
  }
  return [];
}

function wrongService(fields: object): string[] {
  return mistakes(JSON.stringify({ services: [{ ...web, ...fields }] }));
}

function wrongServer(fields: object, service: object = {}): string[] {
  return wrongService({ ...service, destinations: [{ ...real, ...fields }] });
}

describe("what is given and what is not", () => {
  test("defaults are those of the options", () => {
    expect(read({ services: [{ ...web, destinations: [{ address: "10.0.1.1", port: 80 }] }] })).toEqual({
      table: [
        {
          service: { ...web, scheduler: "wlc", flags: 0, timeout: 0, netmask: "255.255.255.255" },
          destinations: [
            { address: "10.0.1.1", port: 80, forwarding: "route", weight: 1, upperThreshold: 0, lowerThreshold: 0 },
          ],
        },
      ],
    });
  });

  test("persistence has its own", () => {
    expect(read({ services: [{ protocol: "udp", address: "2001:db8::1", port: 0, persistent: true }] })).toMatchObject({
      table: [{ service: { flags: 1, timeout: 360, netmask: 128 } }],
    });
  });

  test("a firewall mark is IPv4 unless it says otherwise", () => {
    expect(read({ services: [{ fwmark: 7 }, { fwmark: 7, family: "ipv6" }] })).toMatchObject({
      table: [{ service: { fwmark: 7, family: "ipv4" } }, { service: { fwmark: 7, family: "ipv6", netmask: 128 } }],
    });
  });

  test("addresses become canonical", () => {
    expect(
      read({
        services: [
          {
            ...web,
            address: "2001:DB8:0::0:1",
            destinations: [{ ...real, address: "2001:0db8::2" }],
          },
        ],
        daemons: [{ state: "master", interface: "eth0", syncId: 1, multicastGroup: "FF02:0::99" }],
      }),
    ).toMatchObject({
      table: [{ service: { address: "2001:db8::1" }, destinations: [{ address: "2001:db8::2" }] }],
      daemons: [{ multicastGroup: "ff02::99" }],
    });
  });

  test("numbers become words", () => {
    const server = { ...real, forwarding: 2, tunnel: { type: 1, port: 6080, checksum: 2 } };
    expect(read({ services: [{ ...web, protocol: 17, destinations: [server] }] })).toMatchObject({
      table: [
        {
          service: { protocol: "udp" },
          destinations: [{ forwarding: "tunnel", tunnel: { type: "gue", port: 6080, flags: 2 } }],
        },
      ],
    });
  });

  test("plain ipip is no tunnel record", () => {
    const server = { ...real, forwarding: "tunnel", tunnel: { type: "ipip" } };
    expect(read({ services: [{ ...web, destinations: [server] }] }).table?.[0]?.destinations[0]).not.toHaveProperty(
      "tunnel",
    );
  });

  test("flags", () => {
    const flags = (fields: object) => read({ services: [{ ...web, ...fields }] }).table?.[0]?.service.flags;
    expect(flags({ persistent: true, scheduler: "sh", schedulerFlags: ["sh-port", "flag-3"] })).toBe(0x31);
    expect(flags({ protocol: "udp", onePacket: true })).toBe(0x04);
    expect(flags({ otherFlags: 0x80000040 })).toBe(0x80000040);
  });

  test("connections, the kernel's version and live figures are ignored", () => {
    const end = { address: "10.0.0.9", port: 4711 };
    expect(
      read({
        ipvs: { version: "1.2.1", connectionTableSize: 4096 },
        services: [],
        connections: [
          { protocol: "tcp", client: end, virtual: end, destination: end, state: "ESTABLISHED", expires: 900 },
        ],
      }),
    ).toEqual({ table: [] });
    expect(read({})).toEqual({});
  });

  test("a byte order mark and white space around", () => {
    expect(isDocument('\uFEFF\n {"services":[]}')).toBe(true);
    expect(parseDocument('\uFEFF\n {"services":[]}\n')).toEqual({ table: [] });
  });
});

test.each(["", "# rules\n", "-A -t 10.0.0.1:80\n", "\uFEFF-C\n"])("%j is not taken for a document", (text) => {
  expect(isDocument(text)).toBe(false);
});

describe("mistakes of shape name the path", () => {
  test.each([
    ["{", /^: not JSON: /],
    ["", /^: not JSON: /],
    ["[]", /^: must be an object such as \{"services": \[…\]\}, not a list$/],
    ['\uFEFF [{"fwmark":1}]', /^: must be an object such as \{"services": \[…\]\}, not a list$/],
    ['{"services":{}}', /^services: must be a list$/],
    ['{"services":[null]}', /^services\[0\]: must be an object$/],
    ['{"services":[{"fwmark":0}]}', /^services\[0\]\.fwmark: must be a whole number from 1 to 4294967295$/],
    ['{"service":[]}', /^service: there is no such field$/],
    ['{"timeouts":{"tcp":900,"udp":300}}', /^timeouts\.tcpFin: is missing$/],
    ['{"timeouts":{"tcp":-1,"tcpFin":0,"udp":0}}', /^timeouts\.tcp: must be a whole number from 0 to 2147483647$/],
    ['{"daemons":[{"state":"both","interface":"eth0","syncId":0}]}', /^daemons\[0\]\.state: must be master or backup$/],
    [
      '{"daemons":[{"state":"master","interface":"","syncId":0}]}',
      /^daemons\[0\]\.interface: must be a name of 1 to 15/,
    ],
  ])("%s", (text, expected) => {
    expect(mistakes(text)).toEqual([expect.stringMatching(expected)]);
  });

  test.each([
    [{ port: 65536 }, "port: must be a whole number from 0 to 65535"],
    [{ port: "80" }, "port: must be a whole number from 0 to 65535"],
    [{ port: 80.5 }, "port: must be a whole number from 0 to 65535"],
    [{ port: undefined }, "port: is missing"],
    [{ address: "10.0.0.256" }, "address: must be an IPv4 or IPv6 address"],
    [{ address: "10.1" }, "address: must be an IPv4 or IPv6 address"],
    [{ address: "fe80::1%eth0" }, "address: must be an IPv4 or IPv6 address"],
    [{ address: 7 }, "address: must be an IPv4 or IPv6 address"],
    [{ protocol: "icmp" }, "protocol: must be one of tcp, udp, sctp, or another protocol's number from 0 to 255"],
    [{ scheduler: "" }, "scheduler: must be a name of 1 to 15 characters without blanks"],
    [{ scheduler: "sixteen-is-a-lot" }, "scheduler: must be a name of 1 to 15 characters without blanks"],
    [{ shceduler: "rr" }, "shceduler: there is no such field"],
    [{ persistent: "yes" }, "persistent: must be true or false"],
    [{ persistent: true, timeout: 2678401 }, "timeout: must be a whole number from 0 to 2678400"],
    [{ schedulerFlags: ["flag-4"] }, "schedulerFlags[0]: must be one of sh-fallback, sh-port, mh-fallback,"],
    [{ persistenceEngine: "s p" }, "persistenceEngine: must be a name of 1 to 15 characters without blanks"],
    [{ netmask: 0 }, "netmask: must be a whole number from 1 to 128"],
    [{ netmask: 129 }, "netmask: must be a whole number from 1 to 128"],
    [{ netmask: true }, "netmask: must be a dotted mask or a prefix length"],
  ])("service with %j", (fields, expected) => {
    expect(wrongService(fields)).toEqual([expect.stringContaining(`services[0].${expected}`)]);
  });

  test.each([
    [{ weight: -1 }, "weight: must be a whole number from 0 to 2147483647"],
    [{ weight: 2147483648 }, "weight: must be a whole number from 0 to 2147483647"],
    [{ weight: 2 ** 60 }, "weight: must be a whole number from 0 to 2147483647"],
    [{ upperThreshold: "1" }, "upperThreshold: must be a whole number from 0 to 4294967295"],
    [{ forwarding: "nat" }, "forwarding: must be one of masq, local, tunnel, route, bypass, or the kernel's number"],
    [{ tunnel: {} }, "tunnel.type: is missing"],
    [{ tunnel: { type: "vxlan" } }, "tunnel.type: must be one of ipip, gue, gre, or the kernel's number"],
    [{ tunnel: { type: "gre", checksum: "no" } }, "tunnel.checksum: must be one of nocsum, csum, remcsum, or"],
    [{ stats: { connections: 1 } }, "stats.inPackets: is missing"],
  ])("server with %j", (fields, expected) => {
    expect(wrongServer(fields)[0]).toContain(`services[0].destinations[0].${expected}`);
  });

  test.each([2 ** 53, -1, 1.5, "18446744073709551616", "01", "1e3", "", null])("counter %j", (connections) => {
    const zeros = { inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0, connectionRate: 0, inPacketRate: 0 };
    const stats = { connections, ...zeros, outPacketRate: 0, inByteRate: 0, outByteRate: "18446744073709551615" };
    expect(wrongService({ stats })).toEqual([
      expect.stringContaining("services[0].stats.connections: must be a whole number from 0 to 18446744073709551615"),
    ]);
  });
});

describe("the checks of rule files", () => {
  test.each([
    [{ port: 0 }, "port: must not be 0 without persistent"],
    [{ onePacket: true }, "onePacket: is only for udp and firewall marks"],
    [{ persistent: true, timeout: 0 }, "timeout: must not be 0 with persistent"],
    [{ schedulerFlags: ["sh-port"] }, "schedulerFlags[0]: sh-port does not go with the scheduler wlc"],
    [
      { scheduler: "sh", schedulerFlags: ["sh-port", "mh-port"] },
      "schedulerFlags[1]: mh-port does not go with the scheduler sh",
    ],
    [{ otherFlags: 1 }, "otherFlags: holds bits that have fields of their own"],
    [{ netmask: 24 }, "netmask: must be dotted for IPv4"],
    [{ netmask: "255.255.255" }, "netmask: must be dotted for IPv4"],
    [{ address: "2001:db8::1", netmask: "255.255.255.0" }, "netmask: must be a prefix length from 1 to 128 for IPv6"],
  ])("service with %j", (fields, expected) => {
    expect(wrongService(fields)).toEqual([`services[0].${expected}`]);
  });

  test.each([
    [{ lowerThreshold: 1 }, "lowerThreshold: must not be above upperThreshold"],
    [{ upperThreshold: 5, lowerThreshold: 6 }, "lowerThreshold: must not be above upperThreshold"],
    [{ address: "2001:db8::1" }, "address: may be of another family only with forwarding tunnel"],
    [{ tunnel: { type: "gre" } }, "tunnel: does not go with forwarding masq"],
    [{ forwarding: "tunnel", tunnel: { type: "gue" } }, "tunnel.port: must be given with gue"],
    [{ forwarding: "tunnel", tunnel: { type: "gre", port: 1 } }, "tunnel.port: does not go with gre"],
    [{ forwarding: "tunnel", tunnel: { type: "ipip", port: 1 } }, "tunnel.port: does not go with ipip"],
    [
      { forwarding: "tunnel", tunnel: { type: "ipip", checksum: "csum" } },
      "tunnel.checksum: csum does not go with ipip",
    ],
    [
      { forwarding: "tunnel", tunnel: { type: "gre", checksum: "remcsum" } },
      "tunnel.checksum: remcsum does not go with gre",
    ],
  ])("server with %j", (fields, expected) => {
    expect(wrongServer(fields)).toEqual([`services[0].destinations[0].${expected}`]);
  });

  test("raw: contradictions of what other programs installed are theirs", () => {
    const raw = { raw: true, port: 0, persistent: true, timeout: 0, onePacket: true };
    expect(wrongService(raw)).toEqual([]);
    expect(wrongService({ raw: true, port: 0, timeout: 2678401 })).toEqual([]);
    expect(wrongService({ raw: true, netmask: 24 })).toEqual(["services[0].netmask: must be dotted for IPv4"]);
    const server = { raw: true, lowerThreshold: 6, tunnel: { type: "gre", port: 1, checksum: "remcsum" } };
    expect(wrongServer(server)).toEqual([]);
  });

  test("a tunnel server may be of another family", () => {
    expect(wrongServer({ address: "2001:db8::1", forwarding: "tunnel" })).toEqual([]);
  });

  test("a sync daemon's group must be one", () => {
    const daemon = { state: "master", interface: "eth0", syncId: 0 };
    for (const multicastGroup of ["10.0.0.1", "240.0.0.1", "223.255.255.255", "2001:db8::1", "ff::1"]) {
      expect(mistakes(JSON.stringify({ daemons: [{ ...daemon, multicastGroup }] }))).toEqual([
        "daemons[0].multicastGroup: must be a multicast address",
      ]);
    }
  });

  test("nothing stands twice, however it is written", () => {
    const text = JSON.stringify({
      services: [
        { ...web, destinations: [real, { ...real, weight: 5 }] },
        { fwmark: 1 },
        { ...web, protocol: 6 },
        { fwmark: 1, family: "ipv6" },
        { ...web, address: "2001:db8::1" },
        { ...web, address: "2001:db8:0::1" },
      ],
      daemons: [
        { state: "backup", interface: "eth0", syncId: 0 },
        { state: "backup", interface: "eth1", syncId: 0 },
      ],
    });
    expect(mistakes(text)).toEqual([
      "services[0].destinations[1]: 10.0.1.1:8080 is there already, at services[0].destinations[0]",
      "services[2]: tcp 10.0.0.1:80 is there already, at services[0]",
      "services[5]: tcp [2001:db8::1]:80 is there already, at services[4]",
      "daemons[1]: backup is there already, at daemons[0]",
    ]);
  });
});

test("every mistake is named, and the message shows the first ones", () => {
  const services = Array.from({ length: 30 }, (_, index) => ({ ...web, address: `10.0.0.${index}`, port: -1, x: 1 }));
  const text = JSON.stringify({ services });
  expect(mistakes(text)).toHaveLength(60);
  try {
    parseDocument(text);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    const lines = (error as DocumentError).message.split("\n");
    expect(lines[0]).toBe("services[0].port: must be a whole number from 0 to 65535");
    expect(lines.slice(20)).toEqual(["and 40 more mistakes"]);
  }
});

test("a field called __proto__ is a field", () => {
  expect(mistakes('{"services":[{"protocol":"tcp","address":"10.0.0.1","port":80,"__proto__":{}}]}')).toEqual([
    "services[0].__proto__: there is no such field",
  ]);
});

describe("keys that stand twice, of which JSON.parse drops one,", () => {
  test("are mistakes with their path", () => {
    const server = (fields: string) =>
      `{"services":[{"fwmark":1},{"fwmark":2,"destinations":[{"address":"10.0.0.1","port":80,${fields}}]}]}`;
    expect(mistakes(server('"weight":5,"weight":0'))).toEqual([
      "services[1].destinations[0].weight: is there more than once",
    ]);
    expect(mistakes('{"services":[],"services":[{"fwmark":1}]}')).toEqual(["services: is there more than once"]);
    expect(mistakes(server('"weight":5,"w\\u0065ight":5,"weight":5'))).toEqual([
      "services[1].destinations[0].weight: is there more than once",
    ]);
  });

  test("are told together with other mistakes", () => {
    expect(mistakes('{"services":[{"fwmark":1,"fwmark":0}]}')).toEqual([
      "services[0].fwmark: is there more than once",
      "services[0].fwmark: must be a whole number from 1 to 4294967295",
    ]);
  });
});

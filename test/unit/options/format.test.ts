import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/model/change.js";
import { type ServiceKey, serviceFamily } from "../../../src/model/service.js";
import { noNames } from "../../../src/names/names.js";
import { formatChange } from "../../../src/options/format.js";
import { parseCommand } from "../../../src/options/parse.js";
import * as arbitraries from "../arbitraries.js";
import { address, family } from "../arbitraries.js";
import { parse } from "./parsing.js";

describe("lines that come back as they were", () => {
  it.each([
    // As 1.31 writes them.
    "-A -t 10.0.0.1:80 -s rr",
    "-A -t 192.168.100.200:65535 -s lblcr -p 86400 -M 255.255.255.128",
    "-A --sctp-service 10.0.0.1:2905 -s sh -b sh-fallback,sh-port",
    "-A -f 7 -6 -s rr -p 50 -M 64 --pe sip -o -b flag-1",
    "-A -t 10.0.0.1:2 -s rr -p 360 -M 0.0.0.24",
    "-A -u 10.0.0.1:5061 -s rr --pe sip",
    "-A -u 10.0.0.1:5065 -s rr -p 360 -o",
    "-A -t [::ffff:1.2.3.4]:80 -s rr",
    "-A -t 10.0.0.1:7 -s mh -b mh-fallback,mh-port",
    "-A -t 10.0.0.1:10 -s rr -b flag-1,flag-2,flag-3",
    "-a -t [2001:db8::80]:80 -r [2001:db8::1]:8080 -m -w 1",
    "-a -t 10.0.0.1:80 -r 10.0.1.6:80 -g -w 0",
    "-a -f 9 -r 10.0.1.3:8080 -g -w 1",
    "-a -t 10.0.0.1:80 -r [2001:db8::2]:80 -i -w 1 --tun-type ipip",
    "-a -t 10.0.0.1:80 -r 10.0.1.3:80 -i -w 5 --tun-type gue --tun-port 6080 --tun-nocsum",
    "-a -t 10.0.0.1:80 -r 10.0.1.3:80 -i -w 5 --tun-type gue --tun-port 6080 --tun-csum",
    "-a -t 10.0.0.1:80 -r 10.0.1.3:80 -i -w 5 --tun-type gue --tun-port 65535 --tun-remcsum",
    "-a -t 10.0.0.1:80 -r 10.0.1.3:80 -i -w 5 --tun-type gre --tun-nocsum",
    "-a -t 10.0.0.1:80 -r 10.0.1.3:80 -i -w 5 --tun-type gre --tun-csum",
    // What 1.31 loses.
    "-A -f 4294967295 -s rr",
    "-A -t 10.0.0.1:80 -s rr -M 255.255.255.0",
    "-A -f 1 -6 -s rr -M 64",
    "-A -t 10.0.0.1:6 -s sh -b flag-3",
    "-A -t 10.0.0.1:6 -s mh -b mh-port,flag-3",
    "-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -m -w 1 -x 1000 -y 500",
    "-a -t 10.0.0.1:80 -r 10.0.1.1:80 -i -w 1 -x 7 --tun-type ipip",
    // What 1.31 does not write.
    "-E -t 10.0.0.1:80 -s rr",
    "-e -t 10.0.0.1:80 -r 10.0.1.6:80 -g -w 1",
    "-D -f 7 -6",
    "-d -u 10.0.0.1:53 -r 10.0.1.6:5353",
    "-Z",
    "-Z -t 0.0.0.0:0",
    "-C",
    "--set 900 120 300",
    "--start-daemon master --mcast-interface eth0 --syncid 0",
    "--start-daemon backup --mcast-interface=#1 --syncid 8 --sync-maxlen 1400 --mcast-group ff02::99 --mcast-port 9000 --mcast-ttl 5",
    "--start-daemon backup --mcast-interface=ipvsadm --syncid 8",
    "--stop-daemon backup",
    "--stop-daemon backup --syncid 7",
  ])("%s", (line) => expect(formatChange(parse(line) as Change)).toBe(line));
});

describe("what 1.31 has no words for", () => {
  const service = { protocol: "tcp", address: "10.0.0.1", port: 80 } as const;
  const options = { scheduler: "rr", flags: 0, timeout: 0, netmask: "255.255.255.255" };
  const server = {
    address: "10.0.1.1",
    port: 80,
    forwarding: "tunnel",
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
  } as const;
  const tunnel = (type: "gue" | "gre" | number, flags: number) => ({ tunnel: { type, port: 6080, flags } });

  it.each<[string, Change, string]>([
    [
      "a port of its own of a server by direct routing",
      { kind: "add-server", service, server: { ...server, port: 8080, forwarding: "route" } },
      "-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -g -w 1 --raw port=8080",
    ],
    [
      "a port of its own of a tunnelled server",
      { kind: "edit-server", service, server: { ...server, port: 0, upperThreshold: 5 } },
      "-e -t 10.0.0.1:80 -r 10.0.1.1:0 -i -w 1 -x 5 --tun-type ipip --raw port=0",
    ],
    [
      "other protocols",
      { kind: "add-service", service: { ...service, ...options, protocol: 1 } },
      "-A -t 10.0.0.1:80 -s rr --raw protocol=1",
    ],
    [
      "servers of other protocols",
      { kind: "delete-server", service: { ...service, protocol: 50 }, server },
      "-d -t 10.0.0.1:80 -r 10.0.1.1:80 --raw protocol=50",
    ],
    [
      "counters of other protocols",
      { kind: "zero", service: { ...service, protocol: 0 } },
      "-Z -t 10.0.0.1:80 --raw protocol=0",
    ],
    [
      "a timeout without persistence",
      { kind: "add-service", service: { ...service, ...options, timeout: 300 } },
      "-A -t 10.0.0.1:80 -s rr --raw timeout=300",
    ],
    [
      "persistence without a timeout",
      { kind: "add-service", service: { ...service, ...options, flags: 1 } },
      "-A -t 10.0.0.1:80 -s rr --raw flags=1",
    ],
    [
      "persistence above 31 days",
      { kind: "add-service", service: { ...service, ...options, flags: 1, timeout: 2678401 } },
      "-A -t 10.0.0.1:80 -s rr --raw flags=1,timeout=2678401",
    ],
    [
      "unnamed flags",
      { kind: "add-service", service: { ...service, ...options, flags: 0x41, timeout: 60 } },
      "-A -t 10.0.0.1:80 -s rr -p 60 --raw flags=65",
    ],
    [
      "port 0 without persistence",
      { kind: "edit-service", service: { ...service, ...options, port: 0 } },
      "-E -t 10.0.0.1:0 -s rr --raw port=0",
    ],
    [
      "one-packet scheduling of TCP",
      { kind: "add-service", service: { ...service, ...options, flags: 4 } },
      "-A -t 10.0.0.1:80 -s rr --raw flags=4",
    ],
    [
      "large thresholds",
      { kind: "add-server", service, server: { ...server, upperThreshold: 0xffffffff, lowerThreshold: 7 } },
      "-a -t 10.0.0.1:80 -r 10.0.1.1:80 -i -w 1 -y 7 --tun-type ipip --raw u-threshold=4294967295",
    ],
    ...(
      [
        ["local", 1],
        ["bypass", 4],
        [6, 6],
      ] as const
    ).map(([forwarding, number]): [string, Change, string] => [
      `the forwarding method ${forwarding}`,
      { kind: "add-server", service, server: { ...server, forwarding, ...tunnel("gue", 1) } },
      `-a -t 10.0.0.1:80 -r 10.0.1.1:80 -g -w 1 --raw forwarding=${number},tun-type=1,tun-port=6080,tun-flags=1`,
    ]),
    ...(
      [
        ["gue", 3, "--tun-type gue --tun-port 6080 --tun-remcsum --raw tun-flags=3"],
        ["gue", 5, "--tun-type gue --tun-port 6080 --tun-csum --raw tun-flags=5"],
        ["gre", 2, "--tun-type gre --tun-nocsum --raw tun-port=6080,tun-flags=2"],
        [9, 0, "--raw tun-type=9,tun-port=6080"],
      ] as const
    ).map(([type, flags, text]): [string, Change, string] => [
      `a tunnel of type ${type} with the flags ${flags}`,
      { kind: "edit-server", service, server: { ...server, ...tunnel(type, flags) } },
      `-e -t 10.0.0.1:80 -r 10.0.1.1:80 -i -w 1 ${text}`,
    ]),
  ])("%s", (_what, change, line) => {
    expect(formatChange(change)).toBe(line);
    const { server: _server, ...rest } = change as Extract<Change, { kind: "delete-server" }>;
    expect(parse(line)).toEqual(
      change.kind === "delete-server" ? { ...rest, server: { address: "10.0.1.1", port: 80 } } : change,
    );
  });
});

describe("what --raw does not take", () => {
  it.each([
    ["-a -t 10.0.0.1:80 -r 10.0.1.1 --raw colour=1", /^there is no raw field `colour'; there are protocol, port, /],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1 --raw __proto__=1", /^there is no raw field `__proto__'/],
    [
      "-a -t 10.0.0.1:80 -r 10.0.1.1 --raw port",
      /^illegal raw field 'port' specified: it is a number from 0 to 65535$/,
    ],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1 --raw port=65536", /^illegal raw field 'port' specified/],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1 --raw port=-1", /^illegal raw field 'port' specified/],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1 --raw port=http", /^illegal raw field 'port' specified/],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1 --raw port=1,port=2", /^multiple raw fields 'port' specified$/],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1 --raw port=1,flags=2", /^Illegal raw field 'flags' with the 'add-server' command$/],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1 --raw port=1 --raw port=2", /^multiple 'raw' options specified$/],
    ["-d -t 10.0.0.1:80 -r 10.0.1.1 --raw port=1", /^Illegal raw field 'port' with the 'delete-server' command$/],
    ["-C --raw protocol=1", /^Illegal raw field 'protocol' with the 'flush' command$/],
    ["-S --raw port=1", /^Illegal raw field 'port' with the 'save' command$/],
    ["-Z --raw protocol=1", /^the raw field 'protocol' needs the address of a service$/],
    ["-A -f 7 --raw protocol=1", /^the raw field 'protocol' needs the address of a service$/],
    ["-A -t 10.0.0.1:80 --raw", /^--raw: missing argument$/],
    ["-A -t 10.0.0.1:80 --raw=", /^there is no raw field `'/],
  ])("%s", (line, message) => expect(() => parse(line)).toThrow(message));
});

const between = (min: number, max: number) => fc.integer({ min, max });
const port = between(1, 65535);
const word = fc.stringMatching(/^[!-~]{1,15}$/);
const orNothing = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Objects without the fields that are undefined. */
const present = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;

const key = family.chain((family) =>
  fc.oneof(
    fc.record({ protocol: fc.constantFrom("tcp", "udp", "sctp"), address: address(family), port }),
    fc.record({ fwmark: between(1, 0xffffffff), family: fc.constant(family) }),
  ),
);
type Key = { protocol?: string; address?: string; port?: number; fwmark?: number; family?: string };
const isIpv6 = (key: Key) => key.family === "ipv6" || key.address?.includes(":") === true;

/** Services as `-A` can make them: port 0 only with persistence, one-packet scheduling only for UDP and marks. */
const service = key.chain((key: Key) =>
  fc
    .record({
      scheduler: word,
      persistent: fc.boolean(),
      zero: fc.boolean(),
      ops: fc.boolean(),
      schedulerFlags: between(0, 7),
      seconds: between(1, 2678400),
      netmask: isIpv6(key) ? between(1, 128) : address("ipv4"),
      persistenceEngine: orNothing(word),
    })
    .map(({ persistent, zero, ops, schedulerFlags, seconds, ...rest }) => {
      const onePacket = ops && (key.protocol === "udp" || key.protocol === undefined);
      return present({
        ...key,
        ...rest,
        port: persistent && zero && key.port !== undefined ? 0 : key.port,
        flags: (persistent ? 1 : 0) | (onePacket ? 4 : 0) | (schedulerFlags << 3),
        timeout: persistent ? seconds : 0,
      });
    }),
);

const tunnel = fc.oneof(
  fc.record({ type: fc.constant("gue"), port, flags: between(0, 2) }),
  fc.record({ type: fc.constant("gre"), port: fc.constant(0), flags: between(0, 1) }),
);
const figures = fc.record({
  weight: between(0, 0x7fffffff),
  upperThreshold: between(0, 0x7fffffff),
  lowerThreshold: between(0, 0x7fffffff),
});

/** Servers as `-a` can make them: the family and port of their service, but for tunnels, NAT and marks. */
const server = (key: Key) =>
  fc
    .oneof(
      fc.record({ forwarding: fc.constantFrom("masq", "route"), address: address(isIpv6(key) ? "ipv6" : "ipv4") }),
      fc.record({ forwarding: fc.constant("tunnel"), address: family.chain(address), tunnel: orNothing(tunnel) }),
    )
    .chain((base) => fc.record({ base: fc.constant(base), figures, port: between(0, 65535) }))
    .map(({ base, figures, port }) =>
      present({
        ...base,
        ...figures,
        port: base.forwarding === "masq" || key.port === undefined ? port : key.port,
      }),
    );

const daemon = fc.record({
  state: fc.constantFrom("master", "backup"),
  interface: word,
  syncId: between(0, 255),
  syncMaxLength: orNothing(between(1, 65507)),
  multicastGroup: orNothing(fc.constantFrom("224.0.0.81", "239.255.255.255", "ff02::99")),
  multicastPort: orNothing(port),
  multicastTtl: orNothing(between(1, 255)),
});

const timeout = between(0, 2678400);
const change = fc.oneof(
  fc.record({ kind: fc.constantFrom("add-service", "edit-service"), service }),
  fc.record({ kind: fc.constant("delete-service"), service: key }),
  fc.record({ kind: fc.constant("flush") }),
  key.chain((key: Key) =>
    fc.record({ kind: fc.constantFrom("add-server", "edit-server"), service: fc.constant(key), server: server(key) }),
  ),
  fc.record({
    kind: fc.constant("delete-server"),
    service: key,
    server: fc.record({ address: family.chain(address), port: between(0, 65535) }),
  }),
  fc.record({ kind: fc.constant("zero"), service: orNothing(key) }).map(present),
  fc.record({ kind: fc.constant("set"), timeouts: fc.record({ tcp: timeout, tcpFin: timeout, udp: timeout }) }),
  fc.record({ kind: fc.constant("start-daemon"), daemon: daemon.map(present) }),
  fc.record({ kind: fc.constant("stop-daemon"), state: fc.constantFrom("master", "backup"), syncId: between(0, 255) }),
) as fc.Arbitrary<Change>;

it("parse(format(change)) is the change", () => {
  const again = (line: string) => parseCommand(line.split(" "), { names: noNames, program: "ipvsadm" });
  fc.assert(
    fc.property(change, (change) => {
      expect(again(formatChange(change))).toEqual(change);
    }),
    { numRuns: 2000 },
  );
});

/** Servers as the kernel can have them: of another family than their service only behind a tunnel. */
const kernelServer = (key: ServiceKey) =>
  fc
    .record({ any: arbitraries.destination, same: address(serviceFamily(key)) })
    .map(({ any, same }) => (any.forwarding === "tunnel" ? any : { ...any, address: same }));
const kernelChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("add-service" as const, "edit-service" as const),
    service: arbitraries.service,
  }),
  fc.record({
    kind: fc.constantFrom("delete-service" as const, "zero" as const),
    service: arbitraries.serviceKey,
  }),
  arbitraries.serviceKey.chain((key) =>
    fc.record({
      kind: fc.constantFrom("add-server" as const, "edit-server" as const),
      service: fc.constant(key),
      server: kernelServer(key),
    }),
  ),
);

it("parse(format(change)) is the change for everything that the kernel can hold", () => {
  const again = (line: string) => parseCommand(line.split(" "), { names: noNames, program: "ipvsadm" });
  fc.assert(
    fc.property(kernelChange, (change) => {
      expect(again(formatChange(change))).toEqual(change);
    }),
    { numRuns: 5000 },
  );
});

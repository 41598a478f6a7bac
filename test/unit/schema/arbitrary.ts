import fc from "fast-check";
import { addressFromBytes, type Family } from "../../../src/model/address.js";
import { type Destination, destinationId } from "../../../src/model/destination.js";
import { IP_VS_SVC_F_ONEPACKET, IP_VS_SVC_F_PERSISTENT, type Service, serviceId } from "../../../src/model/service.js";
import type { Daemon } from "../../../src/model/settings.js";
import { STATS_FIELDS, type Stats } from "../../../src/model/stats.js";
import type { LiveDestination, LiveTable, TableEntry } from "../../../src/model/table.js";

// Tables that pass the checks of rule files, so that they can make the round trip.

const u16 = fc.nat(65535);
const i31 = fc.nat(2147483647);
const name = fc.stringMatching(/^[a-z0-9_]{1,15}$/);
const family = fc.constantFrom<Family>("ipv4", "ipv6");

export function address(of: Family) {
  const length = of === "ipv4" ? 4 : 16;
  return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => addressFromBytes(of, bytes));
}

export const stats: fc.Arbitrary<Stats> = fc.record(
  Object.fromEntries(STATS_FIELDS.map((field) => [field, fc.bigInt(0n, 2n ** 64n - 1n)])),
) as unknown as fc.Arbitrary<Stats>;

const protocol = fc.oneof(
  fc.constantFrom("tcp", "udp", "sctp"),
  fc.nat(255).filter((number) => ![6, 17, 132].includes(number)),
);

const tunnel = fc.oneof(
  fc.constant(undefined),
  fc.record({ type: fc.constant("gue"), port: fc.integer({ min: 1, max: 65535 }), flags: fc.oneof(fc.nat(3), u16) }),
  fc.record({ type: fc.constant("gre"), port: fc.constant(0), flags: fc.constantFrom(0, 1, 3) }),
  fc.record({ type: fc.integer({ min: 3, max: 255 }), port: u16, flags: u16 }),
) as fc.Arbitrary<Destination["tunnel"]>;

function destination(serviceFamily: Family): fc.Arbitrary<LiveDestination> {
  const forwarding = fc.oneof(
    fc.constantFrom("masq", "local", "tunnel", "route", "bypass"),
    fc.integer({ min: 5, max: 7 }),
  );
  return forwarding.chain((method) =>
    fc
      .record({
        address: method === "tunnel" ? family.chain(address) : address(serviceFamily),
        port: u16,
        weight: i31,
        thresholds: fc.tuple(fc.nat(4294967295), fc.nat(4294967295)),
        tunnel: method === "tunnel" ? tunnel : fc.constant(undefined),
        activeConnections: fc.nat(),
        inactiveConnections: fc.nat(),
        persistentConnections: fc.nat(),
        stats: fc.option(stats, { nil: undefined }),
      })
      .map(({ thresholds: [a, b], tunnel, stats, ...rest }) => ({
        ...rest,
        forwarding: method as Destination["forwarding"],
        upperThreshold: Math.max(a, b),
        lowerThreshold: Math.min(a, b),
        ...(tunnel && { tunnel }),
        ...(stats && { stats }),
      })),
  );
}

/** Bits of flags that have no field of their own. */
const OTHER = 0xffffffff & ~0x3f;

function options(key: { readonly family: Family; readonly onePacket: boolean; readonly zeroPort: boolean }) {
  return fc
    .record({
      scheduler: fc.oneof(fc.constantFrom("sh", "mh", "rr", "wlc"), name),
      bits: fc.nat(7).map((bits) => bits << 3),
      other: fc.oneof(
        fc.constant(0),
        fc.nat().map((bits) => bits & OTHER),
      ),
      persistent: key.zeroPort ? fc.constant(true) : fc.boolean(),
      onePacket: key.onePacket ? fc.boolean() : fc.constant(false),
      timeout: fc.integer({ min: 1, max: 2678400 }),
      netmask: key.family === "ipv4" ? address("ipv4") : fc.integer({ min: 1, max: 128 }),
      persistenceEngine: fc.option(name, { nil: undefined }),
    })
    .map(({ bits, other, persistent, onePacket, timeout, persistenceEngine, ...rest }) => ({
      ...rest,
      timeout: persistent ? timeout : 0,
      flags: (bits | other | (persistent ? IP_VS_SVC_F_PERSISTENT : 0) | (onePacket ? IP_VS_SVC_F_ONEPACKET : 0)) >>> 0,
      ...(persistenceEngine !== undefined && { persistenceEngine }),
    }));
}

const service: fc.Arbitrary<Service> = family.chain((of) =>
  fc.oneof(
    fc
      .record({ protocol, address: address(of), port: u16 })
      .chain((key) =>
        options({ family: of, onePacket: key.protocol === "udp", zeroPort: key.port === 0 }).map(
          (rest) => ({ ...key, ...rest }) as Service,
        ),
      ),
    fc
      .integer({ min: 1, max: 4294967295 })
      .chain((fwmark) =>
        options({ family: of, onePacket: true, zeroPort: false }).map((rest) => ({ fwmark, family: of, ...rest })),
      ),
  ),
);

const entry: fc.Arbitrary<TableEntry<LiveDestination>> = service.chain((service) => {
  const of = "family" in service ? service.family : service.address.includes(":") ? "ipv6" : "ipv4";
  return fc
    .record({
      stats: fc.option(stats, { nil: undefined }),
      destinations: fc.uniqueArray(destination(of), { selector: destinationId, maxLength: 5 }),
    })
    .map(({ stats, destinations }) => ({ service, destinations, ...(stats && { stats }) }));
});

export const table: fc.Arbitrary<LiveTable> = fc.uniqueArray(entry, {
  selector: ({ service }) => serviceId(service),
  maxLength: 8,
});

const timeout = fc.nat(2678400);
export const timeouts = fc.record({ tcp: timeout, tcpFin: timeout, udp: timeout });

const daemonFields = {
  interface: name,
  syncId: fc.nat(255),
  syncMaxLength: fc.integer({ min: 1, max: 65507 }),
  multicastGroup: fc.constantFrom("224.0.0.81", "239.255.255.255", "ff02::99"),
  multicastPort: fc.integer({ min: 1, max: 65535 }),
  multicastTtl: fc.integer({ min: 1, max: 255 }),
};
export const daemons: fc.Arbitrary<Daemon[]> = fc
  .record({ master: daemon("master"), backup: daemon("backup") }, { requiredKeys: [] })
  .map((both) => Object.values(both));

function daemon(state: Daemon["state"]): fc.Arbitrary<Daemon> {
  return fc.record({ state: fc.constant(state), ...daemonFields }, { requiredKeys: ["state", "interface", "syncId"] });
}

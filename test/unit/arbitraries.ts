import fc from "fast-check";
import { type Address, addressFromBytes, type Family } from "../../src/model/address.js";
import type { Destination, Tunnel } from "../../src/model/destination.js";
import type { Service, ServiceKey } from "../../src/model/service.js";
import type { Daemon } from "../../src/model/settings.js";
import type { Table } from "../../src/model/table.js";

/** Random values of the model: everything that the kernel can hold, not only what a command line can say. */

const u32 = fc.integer({ min: 0, max: 0xffffffff });
export const port = fc.integer({ min: 0, max: 65535 });

export const address = (family: Family): fc.Arbitrary<Address> => {
  const length = family === "ipv4" ? 4 : 16;
  return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => addressFromBytes(family, bytes));
};

export const family = fc.constantFrom<Family>("ipv4", "ipv6");

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,14}$/);

export const serviceKey: fc.Arbitrary<ServiceKey> = family.chain((family) =>
  fc.oneof(
    fc.record({
      protocol: fc.oneof(fc.constantFrom("tcp" as const, "udp" as const, "sctp" as const), fc.constant(1)),
      address: address(family),
      port,
    }),
    fc.record({ fwmark: fc.integer({ min: 1, max: 0xffffffff }), family: fc.constant(family) }),
  ),
);

const keyFamily = (key: ServiceKey): Family =>
  "fwmark" in key ? key.family : key.address.includes(":") ? "ipv6" : "ipv4";

export const service: fc.Arbitrary<Service> = serviceKey.chain((key) =>
  fc
    .record(
      {
        scheduler: name,
        flags: u32.map((bits) => (bits & ~0x02) >>> 0),
        timeout: u32,
        netmask: keyFamily(key) === "ipv4" ? address("ipv4") : fc.integer({ min: 1, max: 128 }),
        persistenceEngine: name,
      },
      { requiredKeys: ["scheduler", "flags", "timeout", "netmask"] },
    )
    .map((options) => ({ ...key, ...options }) as Service),
);

const tunnel: fc.Arbitrary<Tunnel> = fc
  .record({ type: fc.constantFrom("ipip", "gue", "gre", 9), port, flags: fc.integer({ min: 0, max: 3 }) })
  .filter(({ type, port, flags }) => type !== "ipip" || port !== 0 || flags !== 0) as fc.Arbitrary<Tunnel>;

export const destination: fc.Arbitrary<Destination> = family.chain((family) =>
  fc.record(
    {
      address: address(family),
      port,
      forwarding: fc.constantFrom("masq", "local", "tunnel", "route", "bypass", 6),
      weight: fc.integer({ min: 0, max: 0x7fffffff }),
      upperThreshold: u32,
      lowerThreshold: u32,
      tunnel,
    },
    { requiredKeys: ["address", "port", "forwarding", "weight", "upperThreshold", "lowerThreshold"] },
  ),
) as fc.Arbitrary<Destination>;

export const daemon: fc.Arbitrary<Daemon> = fc.record(
  {
    state: fc.constantFrom("master", "backup"),
    interface: name,
    syncId: fc.integer({ min: 0, max: 255 }),
    syncMaxLength: port,
    multicastGroup: family.chain(address),
    multicastPort: port,
    multicastTtl: fc.integer({ min: 0, max: 255 }),
  },
  { requiredKeys: ["state", "interface", "syncId"] },
) as fc.Arbitrary<Daemon>;

const id = (value: object) => JSON.stringify(value);

/** Tables as the kernel can have them: no service twice, no server twice in a service. Few keys, so that tables overlap. */
export const table: fc.Arbitrary<Table> = fc.uniqueArray(
  fc.record({
    service: fc
      .record({ key: fc.integer({ min: 1, max: 6 }), options: service })
      .map(({ key, options: { scheduler, flags, timeout } }): Service => {
        const odd = { scheduler, flags: flags & 0x3d, timeout: timeout & 1, netmask: "255.255.255.255" };
        return key % 2
          ? { protocol: "tcp", address: `192.0.2.${key}`, port: 80, ...odd }
          : { fwmark: key, family: "ipv4", ...odd };
      }),
    destinations: fc.uniqueArray(
      fc
        .record({ host: fc.integer({ min: 1, max: 5 }), server: destination })
        .map(({ host, server }) => ({ ...server, address: `198.51.100.${host}`, port: 80, weight: server.weight & 3 })),
      { maxLength: 5, selector: ({ address }) => address },
    ),
  }),
  { maxLength: 6, selector: ({ service }) => id("fwmark" in service ? [service.fwmark] : [service.address]) },
);

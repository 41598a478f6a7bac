import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FULL_NETMASK, type Service, serviceFamily } from "../../../src/model/service.js";
import { COMMAND } from "../../../src/wire/attributes.js";
import { writeRequest } from "../../../src/wire/message.js";
import {
  delDest,
  getDest,
  newDest,
  newService,
  type Request,
  setDest,
  setService,
} from "../../../src/wire/requests.js";
import { decodeService } from "../../../src/wire/service.js";
import { Writer } from "../../../src/wire/writer.js";
import { table } from "../schema/arbitrary.js";

/** The same request without its cheaper way. */
function byTables({ command, attributes }: Request): Request {
  return { command, attributes };
}

function encoded(request: Request): string {
  const out = new Writer();
  writeRequest(out, 21, 7, 1, request);
  return out.bytes.toString("hex");
}

describe("requests about services and servers", () => {
  it("are the bytes that the tables make, from the first to the thousandth", () => {
    fc.assert(
      fc.property(table, (entries) => {
        for (const { service, destinations } of entries) {
          const requests = [
            getDest(service),
            newService(service),
            setService(service),
            newService({ ...service, scheduler: "rr", netmask: FULL_NETMASK[serviceFamily(service)] }),
            ...destinations.flatMap((server) => [
              newDest(service, server),
              setDest(service, server),
              delDest(service, server),
            ]),
          ];
          for (const request of requests) expect(encoded(request)).toBe(encoded(byTables(request)));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("take the cheaper way for IPv4 without tunnels, after some that went through the tables", () => {
    const out = new Writer();
    const key = { protocol: "tcp", address: "192.0.2.1", port: 80 } as const;
    const server = {
      address: "198.51.100.1",
      port: 8080,
      forwarding: "masq",
      weight: 3,
      upperThreshold: 5,
      lowerThreshold: 4,
    } as const;
    for (let time = 0; time < 20; time++) newDest(key, server).write?.(out);
    out.reset();
    expect(newDest(key, server).write?.(out)).toBe(true);
    expect(newDest({ fwmark: 1, family: "ipv4" }, server).write?.(out)).toBe(false);
    expect(newDest(key, { ...server, address: "2001:db8::1" }).write?.(out)).toBe(false);
    expect(newDest({ ...key, address: "2001:db8::1" }, server).write?.(out)).toBe(false);
    expect(newDest(key, { ...server, tunnel: { type: "gue", port: 1, flags: 0 } }).write?.(out)).toBe(false);
    const values = COMMAND.decode(out.bytes, 0, out.length);
    expect(values.DEST).toMatchObject({ PORT: 8080, WEIGHT: 3, U_THRESH: 5, L_THRESH: 4 });
  });

  it("the same for services of IPv4 with the usual netmask and no persistence engine", () => {
    const out = new Writer();
    const service: Service = {
      protocol: "tcp",
      address: "192.0.2.1",
      port: 80,
      scheduler: "wlc",
      flags: 0,
      timeout: 0,
      netmask: "255.255.255.255",
    };
    for (let time = 0; time < 20; time++) newService(service).write?.(out);
    out.reset();
    const persistent = { ...service, flags: 1, timeout: 300 };
    expect(newService(persistent).write?.(out)).toBe(true);
    expect(newService({ ...service, netmask: "255.255.255.0" }).write?.(out)).toBe(false);
    expect(newService({ ...service, persistenceEngine: "sip" }).write?.(out)).toBe(false);
    expect(newService({ ...service, address: "2001:db8::1", netmask: 128 }).write?.(out)).toBe(false);
    const values = COMMAND.decode(out.bytes, 0, out.length);
    expect(decodeService(values.SERVICE!)).toEqual(persistent);
  });
});

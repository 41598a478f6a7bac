import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planEdit, selectServers } from "../../../src/edit/edit.js";
import { editServer, type ServerEdit } from "../../../src/edit/server.js";
import { editService, type ServiceEdit } from "../../../src/edit/service.js";
import { UsageError } from "../../../src/errors.js";
import type { Destination } from "../../../src/model/destination.js";
import type { Service } from "../../../src/model/service.js";
import * as arbitrary from "../arbitraries.js";

const web: Service = {
  protocol: "tcp",
  address: "192.0.2.1",
  port: 80,
  scheduler: "sh",
  flags: 0x01 | 0x08,
  timeout: 300,
  netmask: "255.255.255.0",
  persistenceEngine: "sip",
};
const dns: Service = {
  protocol: "udp",
  address: "192.0.2.1",
  port: 53,
  scheduler: "wlc",
  flags: 0,
  timeout: 0,
  netmask: "255.255.255.255",
};
const nat: Destination = {
  address: "10.0.0.1",
  port: 8080,
  forwarding: "masq",
  weight: 5,
  upperThreshold: 100,
  lowerThreshold: 50,
};
const gue: Destination = {
  ...nat,
  port: 80,
  forwarding: "tunnel",
  tunnel: { type: "gue", port: 6080, flags: 2 },
};

describe("editService", () => {
  it.each<[string, ServiceEdit, Partial<Service>]>([
    ["scheduler", { scheduler: "mh" }, { scheduler: "mh" }],
    ["time of persistence", { persistent: 60 }, { timeout: 60 }],
    ["persistence that is there", { persistent: true }, {}],
    ["mask", { netmask: "255.255.0.0" }, { netmask: "255.255.0.0" }],
    ["engine", { persistenceEngine: "other" }, { persistenceEngine: "other" }],
    ["a flag on", { schedulerFlags: "sh-port" }, { flags: 0x19 }],
    ["a flag off", { schedulerFlags: "-sh-fallback" }, { flags: 0x01 }],
    ["flags on and off", { schedulerFlags: "sh-port,-sh-fallback,flag-3" }, { flags: 0x31 }],
    ["flags of the new scheduler", { scheduler: "mh", schedulerFlags: "mh-port" }, { scheduler: "mh", flags: 0x19 }],
    ["all flags off", { schedulerFlags: false }, { flags: 0x01 }],
  ])("changes only: %s", (_, edit, change) => expect(editService(web, edit)).toEqual({ ...web, ...change }));

  it("removes an engine", () => {
    const { persistenceEngine: _, ...rest } = web;
    expect(editService(web, { persistenceEngine: false })).toEqual(rest);
  });

  it("removes all of persistence, and keeps flags", () => {
    const { persistenceEngine: _, ...rest } = web;
    const expected = { ...rest, flags: 0x08, timeout: 0, netmask: "255.255.255.255" };
    expect(editService(web, { persistent: false })).toEqual(expected);
  });

  it("begins persistence with the usual time", () => {
    expect(editService(dns, { persistent: true })).toEqual({ ...dns, flags: 1, timeout: 360 });
  });

  it("turns one-packet scheduling on and off", () => {
    const on = editService(dns, { onePacket: true });
    expect(on).toEqual({ ...dns, flags: 4 });
    expect(editService(on, { onePacket: false })).toEqual(dns);
  });

  it.each<[string, Service, ServiceEdit, string]>([
    ["ops on TCP", web, { onePacket: true }, "One-Packet Scheduling is only for UDP virtual services"],
    ["no port", { ...web, port: 0 }, { persistent: false }, "Zero port specified for non-persistent service"],
    ["a flag of another scheduler", web, { schedulerFlags: "mh-port" }, "incompatible scheduler flag `mh-port'"],
    [
      "a flag of the old one",
      web,
      { scheduler: "rr", schedulerFlags: "sh-port" },
      "incompatible scheduler flag `sh-port'",
    ],
    ["an unknown flag", web, { schedulerFlags: "-foo" }, "invalid scheduler flag `foo'"],
  ])("refuses %s", (_, service, edit, message) => {
    expect(() => editService(service, edit)).toThrow(new UsageError(message));
  });

  it("changes odd records of other tools elsewhere", () => {
    const odd: Service = { ...dns, protocol: "tcp", port: 0, flags: 0x04 };
    expect(editService(odd, { scheduler: "rr" })).toEqual({ ...odd, scheduler: "rr" });
  });

  it("changes nothing when nothing is named, whatever the record", () => {
    fc.assert(
      fc.property(arbitrary.service, (service) => {
        expect(editService(service, {})).toEqual(service);
      }),
    );
  });

  it("keeps bits that it has no name for", () => {
    const service = { ...dns, flags: 0xffffff09 };
    expect(editService(service, { onePacket: true }).flags).toBe(0xffffff0d);
    expect(editService(service, { persistent: false }).flags).toBe(0xffffff08);
    expect(editService(service, { schedulerFlags: "flag-2,-flag-1" }).flags).toBe(0xffffff11);
    expect(editService(service, { schedulerFlags: false }).flags).toBe(0xffffff01);
  });

  it("keeps what is not named", () => {
    fc.assert(
      fc.property(arbitrary.service, (service) => {
        expect(editService(service, { scheduler: "fo" })).toEqual({ ...service, scheduler: "fo" });
      }),
    );
  });
});

describe("editServer", () => {
  it.each<[string, Destination, ServerEdit, Destination]>([
    ["weight", nat, { weight: 9 }, { ...nat, weight: 9 }],
    ["weight of a tunnelled server", gue, { weight: 0 }, { ...gue, weight: 0 }],
    ["thresholds", nat, { upperThreshold: 60 }, { ...nat, upperThreshold: 60 }],
    ["no thresholds", nat, { upperThreshold: 0, lowerThreshold: 0 }, { ...nat, upperThreshold: 0, lowerThreshold: 0 }],
    ["checksums", gue, { tunnelChecksum: "tun-csum" }, { ...gue, tunnel: { type: "gue", port: 6080, flags: 1 } }],
    ["no checksums", gue, { tunnelChecksum: "tun-nocsum" }, { ...gue, tunnel: { type: "gue", port: 6080, flags: 0 } }],
    ["tunnel port", gue, { tunnelPort: 7000 }, { ...gue, tunnel: { type: "gue", port: 7000, flags: 2 } }],
    ["gue to gre", gue, { tunnelType: "gre" }, { ...gue, tunnel: { type: "gre", port: 0, flags: 0 } }],
  ])("changes only: %s", (_, server, edit, expected) => expect(editServer(web, server, edit)).toEqual(expected));

  it("drops the tunnel with the method, and for plain ipip", () => {
    const { tunnel: _, ...rest } = gue;
    expect(editServer(web, gue, { forwarding: "route" })).toEqual({ ...rest, forwarding: "route" });
    expect(editServer(web, gue, { tunnelType: "ipip" })).toEqual(rest);
  });

  it("makes a tunnel out of NAT", () => {
    const server = { ...nat, port: 80 };
    const edit = { forwarding: "tunnel", tunnelType: "gue", tunnelPort: 6080, tunnelChecksum: "tun-csum" } as const;
    const tunnel = { type: "gue", port: 6080, flags: 1 };
    expect(editServer(web, server, edit)).toEqual({ ...server, forwarding: "tunnel", tunnel });
  });

  it("keeps a checksum flag that the new type knows too", () => {
    const server: Destination = { ...gue, tunnel: { type: "gue", port: 6080, flags: 1 } };
    expect(editServer(web, server, { tunnelType: "gre" }).tunnel).toEqual({ type: "gre", port: 0, flags: 1 });
  });

  it.each<[string, Destination, ServerEdit, string]>([
    ["tunnel options without one", nat, { tunnelPort: 1 }, "Tunnel options conflict with forward method"],
    [
      "gue without port",
      { ...nat, port: 80 },
      { forwarding: "tunnel", tunnelType: "gue" },
      "You need to supply the 'tun-port' option for the 'gue' tunnel type",
    ],
    [
      "a port for gre",
      gue,
      { tunnelType: "gre", tunnelPort: 1 },
      "Illegal 'tun-port' option with the 'gre' tunnel type",
    ],
    [
      "remote checksums for gre",
      gue,
      { tunnelType: "gre", tunnelChecksum: "tun-remcsum" },
      "Illegal 'tun-remcsum' option with the 'gre' tunnel type",
    ],
    [
      "checksums for ipip",
      gue,
      { tunnelType: "ipip", tunnelChecksum: "tun-nocsum" },
      "Illegal 'tun-nocsum' option with the 'ipip' tunnel type",
    ],
    [
      "another port without NAT",
      nat,
      { forwarding: "route" },
      "server 10.0.0.1:8080: only NAT (-m) can send to another port than that of the service, 80",
    ],
    [
      "another family without a tunnel",
      { ...gue, address: "2001:db8::2" },
      { forwarding: "masq" },
      "Different address family is allowed only for tunneling servers",
    ],
    [
      "a lower threshold above the upper one",
      nat,
      { lowerThreshold: 101 },
      "server 10.0.0.1:8080: the lower threshold 101 is above the upper one 100",
    ],
  ])("refuses %s", (_, server, edit, message) => {
    expect(() => editServer(web, server, edit)).toThrow(new UsageError(message));
  });

  it("lets servers of marks have any port", () => {
    const mark = { fwmark: 7, family: "ipv4" } as const;
    expect(editServer(mark, nat, { forwarding: "route" }).port).toBe(8080);
  });

  it("keeps what is not named, whatever the record", () => {
    fc.assert(
      fc.property(arbitrary.service, arbitrary.destination, (service, server) => {
        expect(editServer(service, server, { weight: 9 })).toEqual({ ...server, weight: 9 });
      }),
    );
  });
});

describe("planEdit", () => {
  const second = { ...nat, address: "10.0.0.2" };
  const entry = { service: web, destinations: [nat, second] };
  const service = { protocol: "tcp", address: "192.0.2.1", port: 80 };

  it("changes the service and the servers that are named", () => {
    const edit = { service: { scheduler: "rr" }, server: { weight: 0 }, servers: [second] };
    expect(planEdit(entry, edit)).toEqual([
      { kind: "edit-service", service: { ...web, scheduler: "rr" } },
      { kind: "edit-server", service, server: { ...second, weight: 0 } },
    ]);
  });

  it("changes all servers but those that are as wanted", () => {
    const destinations = [nat, { ...second, weight: 9 }];
    expect(planEdit({ service: web, destinations }, { server: { weight: 9 }, servers: "all" })).toEqual([
      { kind: "edit-server", service, server: { ...nat, weight: 9 } },
    ]);
  });

  it("does nothing where nothing differs", () => {
    expect(planEdit(entry, { service: { scheduler: "sh" }, server: { weight: 5 }, servers: "all" })).toEqual([]);
    expect(planEdit({ service: web, destinations: [] }, { server: { weight: 5 }, servers: "all" })).toEqual([]);
  });

  it("refuses servers that are not there, and says which are", () => {
    const select = (address: string, port: number) => () => selectServers(entry, [nat, { address, port }]);
    expect(select("10.0.0.9", 80)).toThrow(
      new UsageError("No such destination: tcp 192.0.2.1:80 has no server 10.0.0.9:80", 255),
    );
    expect(select("10.0.0.2", 80)).toThrow(
      new UsageError("No such destination: tcp 192.0.2.1:80 has no server 10.0.0.2:80; it has 10.0.0.2:8080", 255),
    );
  });

  it("takes a server once, however often it is named", () => {
    expect(selectServers(entry, [second, nat, second])).toEqual([second, nat]);
  });
});

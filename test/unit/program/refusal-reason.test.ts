import { describe, expect, it } from "vitest";
import { KernelError } from "../../../src/errors.js";
import { type Host, HostError } from "../../../src/host/host.js";
import type { Change } from "../../../src/model/change.js";
import type { Destination } from "../../../src/model/destination.js";
import type { Daemon } from "../../../src/model/settings.js";
import { explainRefusal, type Holding } from "../../../src/program/refusal-reason.js";
import { entry, host, LINKS, type Snapshot, server } from "../doctor/snapshot.js";

const explain = (change: Change, code: string, seen: Snapshot = {}, holding: Holding = {}) =>
  explainRefusal(change, new KernelError("IPVS_CMD_X", 1, code), host(seen), holding);

const plain: Destination = server("10.0.0.42");
const add = (rest: Partial<Destination>): Change => ({
  kind: "add-server",
  service: { protocol: "tcp", address: "10.0.0.100", port: 80 },
  server: { ...plain, ...rest },
});
const service = (rest: object): Change => ({ kind: "add-service", service: { ...entry([]).service, ...rest } });
const daemon: Daemon = { state: "master", interface: "eth0", syncId: 1 };
const start = (rest: Partial<Daemon>): Change => ({ kind: "start-daemon", daemon: { ...daemon, ...rest } });

describe("a refused server", () => {
  it.each([
    ["224.0.0.5", "224.0.0.5 is a multicast address; a server needs a unicast address"],
    ["255.255.255.255", "255.255.255.255 is a broadcast address; a server needs a unicast address"],
    ["0.0.0.0", "0.0.0.0 is no address at all; a server needs a unicast address"],
  ])("has the address %s", async (address, words) => {
    expect(await explain(add({ address }), "EINVAL")).toBe(words);
  });

  it("has the broadcast address of a network here", async () => {
    const routes = { "10.0.0.255": { type: "broadcast", link: 2 } } as const;
    expect(await explain(add({ address: "10.0.0.255" }), "EINVAL", { routes })).toContain("is a broadcast address");
  });

  it("has a link-local or multicast address of IPv6", async () => {
    const six = (address: string): Change =>
      ({ ...add({ address }), service: { protocol: "tcp", address: "fd00::100", port: 80 } }) as Change;
    expect(await explain(six("fe80::5"), "EINVAL")).toContain("link-local");
    expect(await explain(six("ff02::5"), "EINVAL")).toContain("a multicast address");
  });

  it("is gue without a port, of the other family, or has odd thresholds", async () => {
    const gue = { forwarding: "tunnel", tunnel: { type: "gue", port: 0, flags: 0 } } as const;
    expect(await explain(add(gue), "EINVAL")).toBe("a gue tunnel needs its UDP port (--tun-port)");
    expect(await explain(add({ address: "fd00::42" }), "EINVAL")).toContain("only be reached by a tunnel");
    const mixed = add({ address: "fd00::42", forwarding: "tunnel" });
    expect(await explain(mixed, "EINVAL", {}, { daemons: [daemon] })).toContain(
      "a sync daemon is running (master, eth0)",
    );
    expect(await explain(add({ upperThreshold: 5, lowerThreshold: 9 }), "ERANGE")).toBe(
      "the lower threshold (-y 9) is above the upper one (-x 5)",
    );
    expect(await explain(add({ weight: 2 ** 31 }), "ERANGE")).toBe("the weight is above 2147483647");
  });

  it("meets a network namespace without lo", async () => {
    const links = [{ ...LINKS[0]!, up: false }];
    expect(await explain(add({}), "EINVAL", { links })).toContain("ip link set lo up");
  });

  it("stays unexplained where nothing is known, or nothing can be read", async () => {
    expect(await explain(add({}), "EINVAL")).toBeUndefined();
    expect(await explain(add({}), "EEXIST")).toBeUndefined();
    const blind: Host = { ...host(), routes: () => Promise.reject(new HostError("rtnetlink: EPERM")) };
    expect(await explainRefusal(add({}), new KernelError("IPVS_CMD_NEW_DEST", 22, "EINVAL"), blind)).toBeUndefined();
  });
});

describe("refused permission", () => {
  it("is explained in a container with users of its own", async () => {
    const container = { ...host(), initialUserNamespace: () => false };
    const refused = new KernelError("IPVS_CMD_NEW_DEST", 1, "EPERM");
    expect(await explainRefusal(add({}), refused, container)).toContain("root of the host only");
    expect(await explainRefusal(add({}), refused, host())).toBeUndefined();
  });
});

describe("a refused service", () => {
  it("names the module that is not there", async () => {
    const modules = { ip_vs_nope: "absent", ip_vs_pe_odd: "absent" } as const;
    expect(await explain(service({ scheduler: "nope" }), "ENOENT", { modules })).toEqual(
      expect.stringMatching(/^this kernel has no scheduler nope: there is no module ip_vs_nope; it has rr, wrr, /),
    );
    expect(await explain(service({ persistenceEngine: "odd" }), "ENOENT", { modules })).toContain(
      "no persistence engine odd",
    );
    expect(await explain(service({}), "ENOENT")).toBeUndefined();
  });
});

describe("a refused daemon", () => {
  it("names the interface that is missing or down, the group, or servers that it cannot carry", async () => {
    expect(await explain(start({ interface: "nope0" }), "ENODEV")).toBe(
      "there is no interface nope0 here (--mcast-interface)",
    );
    const links = [{ ...LINKS[1]!, up: false }];
    expect(await explain(start({}), "ENETUNREACH", { links })).toBe("the interface eth0 is down");
    expect(await explain(start({ multicastGroup: "10.1.1.1" }), "EINVAL")).toContain("10.1.1.1 is no multicast group");
    const table = [entry([server("fd00::42", { forwarding: "tunnel" })])];
    expect(await explain(start({}), "EINVAL", {}, { table })).toContain("address family");
    expect(await explain(start({}), "EEXIST")).toBeUndefined();
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { IpvsClient } from "../../../src/client/client.js";
import { runDoctor } from "../../../src/doctor/doctor.js";
import { KernelError } from "../../../src/errors.js";
import { ThisHost } from "../../../src/host/this-host.js";
import type { Change } from "../../../src/model/change.js";
import type { Destination } from "../../../src/model/destination.js";
import type { Service } from "../../../src/model/service.js";
import { explainRefusal } from "../../../src/program/refusal-reason.js";
import { requestOf } from "../../../src/wire/change.js";
import { run, succeed, words } from "../shell.js";

const service: Service = {
  protocol: "tcp",
  address: "10.99.0.1",
  port: 80,
  scheduler: "rr",
  flags: 0,
  timeout: 0,
  netmask: "255.255.255.255",
};
const service6: Service = { ...service, address: "fd99::1", netmask: 128 };
const server: Destination = {
  address: "10.99.0.5",
  port: 80,
  forwarding: "masq",
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
};
const daemon = { state: "master", interface: "doctor0", syncId: 1 } as const;

const add = (rest: Partial<Destination>, to = service): Change => ({
  kind: "add-server",
  service: to,
  server: { ...server, ...rest },
});

/** Things that the real kernel refuses, its error, and what we say of it. */
const REFUSED: readonly [string, Change, string, RegExp][] = [
  ["a multicast address", add({ address: "224.0.0.5" }), "EINVAL", /is a multicast address/],
  ["the limited broadcast address", add({ address: "255.255.255.255" }), "EINVAL", /is a broadcast address/],
  ["a broadcast address of a network here", add({ address: "10.99.0.255" }), "EINVAL", /is a broadcast address/],
  ["no address", add({ address: "0.0.0.0" }), "EINVAL", /no address at all/],
  ["a link-local address", add({ address: "fe80::5" }, service6), "EINVAL", /link-local/],
  ["a multicast address of IPv6", add({ address: "ff02::5" }, service6), "EINVAL", /is a multicast address/],
  [
    "gue without a port",
    add({ forwarding: "tunnel", tunnel: { type: "gue", port: 0, flags: 0 } }),
    "EINVAL",
    /UDP port/,
  ],
  ["another family without a tunnel", add({ address: "fd99::5" }), "EINVAL", /only be reached by a tunnel/],
  ["thresholds the wrong way round", add({ upperThreshold: 5, lowerThreshold: 9 }), "ERANGE", /-y 9.*-x 5/],
  [
    "an unknown scheduler",
    { kind: "edit-service", service: { ...service, scheduler: "nope" } },
    "ENOENT",
    /no module ip_vs_nope/,
  ],
  [
    "an unknown persistence engine",
    { kind: "edit-service", service: { ...service, persistenceEngine: "odd" } },
    "ENOENT",
    /no module ip_vs_pe_odd/,
  ],
  [
    "a daemon without an interface",
    { kind: "start-daemon", daemon: { ...daemon, interface: "nope0" } },
    "ENODEV",
    /no interface nope0/,
  ],
  [
    "a group that is none",
    { kind: "start-daemon", daemon: { ...daemon, multicastGroup: "10.1.1.1" } },
    "EINVAL",
    /no multicast group/,
  ],
];

describe("what the real kernel refuses", () => {
  const host = new ThisHost();
  let client: IpvsClient;

  async function type(...lines: string[]): Promise<void> {
    for (const line of lines) succeed(line, await run(words(line)));
  }

  async function explain(change: Change): Promise<[code: string, words: string | undefined]> {
    const holding = { table: await client.table(), daemons: await client.daemons() };
    try {
      await client.execute(requestOf(change));
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return [error.code, await explainRefusal(change, error, host, holding)];
    }
    throw new Error("the kernel accepted it");
  }

  beforeAll(async () => {
    await type(
      "ip link set lo up",
      "ip link add doctor0 type dummy",
      "ip addr add 10.99.0.1/24 dev doctor0",
      "ip link set doctor0 up",
    );
    client = await IpvsClient.open();
  });
  afterAll(async () => {
    client.close();
    await type("ip link del doctor0");
  });
  beforeEach(async () => {
    await type("ip link set doctor0 up");
    await client.flush();
    for (const { state } of await client.daemons()) await client.stopDaemon(state);
    await client.addService(service);
    await client.addService(service6);
    return () => client.flush();
  });

  it.each(REFUSED)("%s", async (_title, change, code, pattern) => {
    expect(await explain(change)).toEqual([code, expect.stringMatching(pattern)]);
  });

  it("a daemon on an interface that is down", async () => {
    await type("ip link set doctor0 down");
    expect(await explain({ kind: "start-daemon", daemon })).toEqual([
      expect.any(String),
      "the interface doctor0 is down",
    ]);
  });

  it("servers of another family beside a sync daemon, and the other way round", async () => {
    const mixed = add({ address: "fd99::5", forwarding: "tunnel" });
    await client.startDaemon(daemon);
    expect(await explain(mixed)).toEqual([
      "EINVAL",
      expect.stringMatching(/a sync daemon is running \(master, doctor0\)/),
    ]);
    await client.stopDaemon("master");
    await client.execute(requestOf(mixed));
    expect(await explain({ kind: "start-daemon", daemon })).toEqual([
      "EINVAL",
      expect.stringMatching(/address family/),
    ]);
  });

  it("port-not-mapped: other tools can enter what direct routing does not do", async () => {
    await client.addDestination(service, { ...server, forwarding: "route", port: 8080 });
    const examine = async () => (await runDoctor({ table: await client.table({ stats: true }) }, host)).findings;
    expect(await examine()).toContainEqual(expect.objectContaining({ id: "port-not-mapped", severity: "warning" }));
    await client.editDestination(service, { ...server, forwarding: "masq", port: 8080 });
    expect((await examine()).map(({ id }) => id)).not.toContain("port-not-mapped");
  });
});

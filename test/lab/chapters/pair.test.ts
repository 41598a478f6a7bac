import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compare, complaints, examine, find } from "../doctor/examine.js";
import { pause, until } from "../shell.js";
import { client, type Director, directors, Pair, ports, type Service, vip } from "./pair.js";

/** What the kernel does without being told otherwise. */
const KERNEL_DEFAULTS = [
  "net.ipv4.ip_forward=1",
  "net.ipv4.vs.sync_threshold=3 50",
  "net.ipv4.vs.sync_refresh_period=0",
];

/** The idle connections of an act: so many to each service. */
const idle = { nat: 50, direct: 50, waiting: 5 };
const services = Object.keys(idle) as Service[];
/** All of an act's connections that a director may know. */
const everything = { ...idle, transfers: 2 };
type Known = typeof everything;
/** Connections of a group that an act has besides. */
const FEW = 5;

const target = (service: Service, count: number) => ({
  address: vip,
  port: ports[service],
  from: Array<string>(count).fill(client),
});

describe("A pair of directors", () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await Pair.build();
    for (const director of directors) await pair.setUp(director, KERNEL_DEFAULTS);
    await pair.startKeepalived("lb1");
    await pair.becomes("lb1", "master");
    await pair.startKeepalived("lb2");
  });
  afterAll(() => pair.close());

  async function openIdle(act: string): Promise<void> {
    for (const service of services) {
      if (service === "waiting") await pair.caller.openSilent(`${act} waiting`, target(service, idle[service]));
      else await pair.caller.open(`${act} ${service}`, target(service, idle[service]));
    }
    for (const group of [`${act} nat`, `${act} direct`]) expect(await alive(group)).toBe(50);
  }

  /** How many connections of a group still carry a line there and back. */
  const alive = async (group: string) => (await pair.caller.echo(group)).filter(Boolean).length;

  /** How many of an act's idle connections do. */
  async function survivors(act: string): Promise<Record<Service, number>> {
    const counts = { nat: 0, direct: 0, waiting: 0 };
    for (const service of services) counts[service] = await alive(`${act} ${service}`);
    return counts;
  }

  /** How many of them, and of the transfers, are in the table of a director. */
  async function known(director: Director, act: string): Promise<Known> {
    const table = await pair.table(director);
    const count = async (service: Service, group: string) =>
      (await pair.caller.ports(group)).filter((port) => table(service).has(port)).length;
    return {
      nat: await count("nat", `${act} nat`),
      direct: await count("direct", `${act} direct`),
      waiting: await count("waiting", `${act} waiting`),
      transfers: (await count("nat", transfers.nat)) + (await count("direct", transfers.direct)),
    };
  }

  /** Waits until a director knows so many of them. What the other one has to tell, it tells within two seconds. */
  const knows = (director: Director, act: string, expected: Partial<Known>) =>
    until(`${director} to know ${JSON.stringify(expected)}`, async () => {
      const counts = await known(director, act);
      return isDeepStrictEqual({ ...counts, ...expected }, counts) || undefined;
    });

  const transfers = { nat: "transfer by NAT", direct: "transfer by direct routing" } as const;

  async function startTransfers(): Promise<void> {
    for (const service of ["nat", "direct"] as const) {
      await pair.caller.open(transfers[service], target(service, 1));
      await pair.caller.send(transfers[service]);
    }
  }

  /** Waits until both transfers have gone on. */
  async function transfersGoOn(): Promise<void> {
    for (const transfer of Object.values(transfers)) {
      const [before] = await pair.caller.returned(transfer);
      await until(`more bytes of the ${transfer}`, async () => {
        const [now] = await pair.caller.returned(transfer);
        expect(now, `${transfer}: its connection ended`).not.toBeNull();
        return now! > before! + 10_000 || undefined;
      });
    }
  }

  /** The director that was killed starts anew, as at boot. */
  async function comeBack(sysctls?: readonly string[]): Promise<void> {
    await pair.network.boot("lb1");
    await pair.setUp("lb1", sysctls);
    await pair.startDaemons("lb1");
    await pair.startKeepalived("lb1");
  }

  /** lb2 gives its place back, as `systemctl restart keepalived` does it. */
  async function handBack(): Promise<void> {
    await pair.stopKeepalived("lb2");
    await pair.becomes("lb1", "master");
    await pair.startKeepalived("lb2");
  }

  /** The same, once lb1 knows all connections that speak while both are there. */
  async function handBackOnceKnown(act: string): Promise<void> {
    await until("lb1 to know everything", async () => {
      expect(await survivors(act)).toEqual(idle);
      return isDeepStrictEqual(await known("lb1", act), everything) || undefined;
    });
    expect(await pair.isMaster("lb1"), "nopreempt").toBe(false);
    await handBack();
    expect(await survivors(act)).toEqual(idle);
    await transfersGoOn();
  }

  it("with the kernel's own settings, keeps what has sent three packets, and loses what is idle when the master comes back", async () => {
    const { caller, network } = pair;
    await caller.open("early", target("nat", FEW));
    for (const director of directors) await pair.startDaemons(director);
    await startTransfers();
    await openIdle("defaults");
    expect(await known("lb1", "defaults")).toEqual(everything);
    const server = (await pair.table("lb1"))("waiting").get(0)!;
    await knows("lb2", "defaults", { nat: idle.nat, direct: idle.direct, transfers: 2 });

    await network.kill("lb1");
    await pair.becomes("lb2", "master");
    // On a slow machine a connection may need a third packet to open.
    const { waiting } = await known("lb2", "defaults");
    expect(waiting).toBeLessThan(idle.waiting);
    expect(await survivors("defaults")).toEqual({ ...idle, waiting });
    expect(await alive("early"), "connections that were there before the sync daemons").toBe(0);
    await caller.openSilent("returning", target("waiting", FEW));
    const persistent = (await pair.table("lb2"))("waiting");
    expect(persistent.size, "all of them, and their template").toBe(waiting + FEW + 1);
    expect(new Set(persistent.values()), "the server that lb1 had given the client").toEqual(new Set([server]));
    await transfersGoOn();

    await comeBack(KERNEL_DEFAULTS);
    expect(await survivors("defaults"), "they speak once more while both are there").toEqual({ ...idle, waiting });
    await knows("lb1", "defaults", { nat: 0, direct: 0, waiting: 0, transfers: 2 });
    await handBack();
    expect(await survivors("defaults")).toEqual({ nat: 0, direct: 0, waiting: 0 });
    await transfersGoOn();
  });

  it("with the README's settings, keeps everything when the master dies and when it comes back", async () => {
    const { caller, network } = pair;
    for (const director of directors) await pair.setSysctls(director);
    await network.host("lb1").type("ipvsadm --stop-daemon master");
    await caller.open("older", target("nat", FEW));
    await pair.startDaemon("lb1", "master");
    expect(await alive("older")).toBe(FEW);
    await openIdle("README");
    await knows("lb2", "README", everything);
    for (const director of directors) {
      const examination = await examine(network, "", director);
      expect(complaints(examination)).toEqual([]);
      expect(find(examination, "sync-seldom")).toBeUndefined();
    }
    expect((await compare(network, "lb1", "lb2")).findings).toEqual([]);

    await network.kill("lb1");
    await pair.becomes("lb2", "master");
    expect(await survivors("README")).toEqual(idle);
    expect(await alive("older"), "connections that were there before the sync daemon and spoke since").toBe(FEW);
    expect(await known("lb2", "README")).toEqual(everything);
    await transfersGoOn();

    await comeBack();
    await handBackOnceKnown("README");
    for (const director of directors) await pair.checkTable(director);
  });

  it("keeps everything when the master is cut off and believes itself the master, but for what began meanwhile", async () => {
    const { caller, network } = pair;
    await pair.becomes("lb2", "backup");
    await network.cutOff("lb1");
    await pair.becomes("lb2", "master");
    expect(await pair.isMaster("lb1")).toBe(true);
    expect(await survivors("README")).toEqual(idle);
    await caller.open("meanwhile", target("nat", FEW));
    expect(await alive("meanwhile")).toBe(FEW);
    await transfersGoOn();
    expect(complaints(await compare(network, "lb1", "lb2"))).toContain("error peer-vip-both");
    await pause(3000); // lb2 has told everything, and lb1 heard nothing

    await network.rejoin("lb1");
    await pair.becomes("lb2", "backup");
    expect(await pair.isMaster("lb1")).toBe(true);
    expect(await survivors("README")).toEqual(idle);
    expect(await alive("meanwhile")).toBe(0);
    await transfersGoOn();
  });

  it("keeps that too when the director that was cut off comes back without keepalived, and learns first", async () => {
    const { network } = pair;
    await network.cutOff("lb1");
    await pair.becomes("lb2", "master");
    await openIdle("since");
    await pair.stopKeepalived("lb1");
    await network.rejoin("lb1");
    await pair.startKeepalived("lb1");
    await handBackOnceKnown("since");
  });

  it("has carried both transfers from the first to the last byte", async () => {
    for (const transfer of Object.values(transfers)) {
      const [total] = await pair.caller.stop(transfer);
      console.log(`${transfer}: ${total!.sent} bytes sent, ${total!.returned} came back`);
      expect(total!.returned).toBe(total!.sent);
    }
  });
});

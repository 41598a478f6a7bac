import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaints, examine } from "../doctor/examine.js";
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

  /** How many of them are in the table of a director. */
  async function known(director: Director, act: string): Promise<Record<Service, number>> {
    const table = await pair.table(director);
    const counts = { nat: 0, direct: 0, waiting: 0 };
    for (const service of services) {
      const clientPorts = await pair.caller.ports(`${act} ${service}`);
      counts[service] = clientPorts.filter((port) => table(service).has(port)).length;
    }
    return counts;
  }

  /** Waits until a director knows so many of them. What the other one has to tell, it tells within two seconds. */
  const knows = (director: Director, act: string, expected: Record<Service, number>) =>
    until(`${director} to know ${JSON.stringify(expected)}`, async () => {
      const counts = await known(director, act);
      return services.every((service) => counts[service] === expected[service]) || undefined;
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

  it("with the kernel's own settings, keeps what has sent three packets, and loses what is idle when the master comes back", async () => {
    const { caller, network } = pair;
    await caller.open("early", target("nat", FEW));
    for (const director of directors) await pair.startDaemons(director);
    await startTransfers();
    await openIdle("defaults");
    await knows("lb2", "defaults", { ...idle, waiting: 0 });
    expect(await known("lb1", "defaults")).toEqual(idle);

    await network.kill("lb1");
    await pair.becomes("lb2", "master");
    expect(await survivors("defaults")).toEqual({ ...idle, waiting: 0 });
    expect(await alive("early"), "connections that were there before the sync daemons").toBe(0);
    await transfersGoOn();

    await comeBack(KERNEL_DEFAULTS);
    expect(await survivors("defaults"), "they speak once more while both are there").toEqual({ ...idle, waiting: 0 });
    await until("the transfers on lb1", async () => {
      const table = await pair.table("lb1");
      return (table("nat").size > 0 && table("direct").size > 0) || undefined;
    });
    await handBack();
    expect(await survivors("defaults")).toEqual({ nat: 0, direct: 0, waiting: 0 });
    await transfersGoOn();
  });

  it("with the README's settings, keeps everything when the master dies and when it comes back", async () => {
    const { network } = pair;
    for (const director of directors) await pair.setSysctls(director);
    await openIdle("README");
    await knows("lb2", "README", idle);
    expect((await pair.table("lb2"))("waiting"), "the template of the persistent service").toContain(0);
    for (const director of directors) expect(complaints(await examine(network, "", director))).toEqual([]);

    await network.kill("lb1");
    await pair.becomes("lb2", "master");
    expect(await survivors("README")).toEqual(idle);
    expect(await known("lb2", "README")).toEqual(idle);
    await transfersGoOn();

    await comeBack();
    await until("lb1 to know everything that still speaks", async () => {
      expect(await survivors("README")).toEqual(idle);
      const counts = await known("lb1", "README");
      return services.every((service) => counts[service] === idle[service]) || undefined;
    });
    expect(await pair.isMaster("lb1"), "nopreempt").toBe(false);
    await handBack();
    expect(await survivors("README")).toEqual(idle);
    await transfersGoOn();
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
    await pause(3000); // lb2 has told everything, and lb1 heard nothing

    await network.rejoin("lb1");
    await pair.becomes("lb2", "backup");
    expect(await pair.isMaster("lb1")).toBe(true);
    expect(await survivors("README")).toEqual(idle);
    expect(await alive("meanwhile")).toBe(0);
    await transfersGoOn();
  });

  it("has carried both transfers from the first to the last byte", async () => {
    for (const transfer of Object.values(transfers)) {
      const [total] = await pair.caller.stop(transfer);
      console.log(`${transfer}: ${total!.sent} bytes sent, ${total!.returned} came back`);
      expect(total!.returned).toBe(total!.sent);
    }
  });
});

import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Caller } from "../caller.js";
import { type Cable, type Line, Network } from "../network.js";
import * as readme from "../readme.js";
import { serve } from "../servers.js";
import { until } from "../shell.js";

// A pair of directors as the README describes it, with the README's own files. Servers on the inside are reached by NAT, those on
// the outside by direct routing.

export const client = "192.0.2.8";
/** What moves from one director to the other. */
export const vip = "192.0.2.100";
export const inside = "10.0.0.254";
export const directors = ["lb1", "lb2"] as const;
export type Director = (typeof directors)[number];

const cables: readonly Cable[] = [
  ["client", "outside", `${client}/24`],
  ["lb1", "outside", "192.0.2.1/24"],
  ["lb1", "inside", "10.0.0.1/24"],
  ["lb2", "outside", "192.0.2.2/24"],
  ["lb2", "inside", "10.0.0.2/24"],
  ["rs1", "inside", "10.0.0.11/24"],
  ["rs2", "inside", "10.0.0.12/24"],
  ["rs3", "outside", "192.0.2.13/24"],
  ["rs4", "outside", "192.0.2.14/24"],
];

const given: readonly Line[] = [
  ["rs1", `ip route add default via ${inside}`],
  ["rs2", `ip route add default via ${inside}`],
  ...["rs3", "rs4"].flatMap((server): Line[] => [
    [server, "sysctl -q net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2"],
    [server, `ip addr add ${vip}/32 dev lo`],
  ]),
];

/** Ports of the services: servers that greet, by NAT and by direct routing, and persistent ones that wait for the client to speak. */
export const ports = { nat: 80, direct: 8080, waiting: 443 } as const;
export type Service = keyof typeof ports;

const readmeFile = (path: string) => readme.readmeFile("A pair of directors", path);

/** The README's settings of ipvsadm.service. */
async function daemonSettings() {
  const settings = await readmeFile("/etc/default/ipvsadm");
  const value = (name: string) => new RegExp(`^${name}="(.*)"$`, "m").exec(settings)![1]!;
  return { DAEMON: value("DAEMON"), IFACE: value("IFACE"), SYNCID: value("SYNCID") };
}

/** The pair and what it serves. */
export class Pair {
  readonly #keepalived = new Map<Director, ChildProcess>();

  private constructor(
    readonly network: Network,
    readonly caller: Caller,
    /** Holds the files of both directors. */
    private readonly folder: string,
  ) {}

  static async build(): Promise<Pair> {
    const network = await Network.build(cables);
    await network.type(given);
    const serving = (names: readonly string[], protocol: "echo" | "mute", port: number) =>
      names.map((name) => serve(network.host(name), protocol, port));
    await Promise.all([
      ...serving(["rs1", "rs2"], "echo", ports.nat),
      ...serving(["rs1", "rs2"], "mute", ports.waiting),
      ...serving(["rs3", "rs4"], "echo", ports.direct),
    ]);
    return new Pair(network, new Caller(network.host("client")), await mkdtemp(join(tmpdir(), "pair-")));
  }

  async close(): Promise<void> {
    await this.network.close();
    await rm(this.folder, { recursive: true });
  }

  /** A file of the README, written for a director. */
  async #file(director: Director, path: string, edit = (text: string) => text): Promise<string> {
    const file = join(this.folder, `${director}-${path.split("/").at(-1)}`);
    await writeFile(file, edit(await readmeFile(path)));
    return file;
  }

  /** What a director reads at boot: sysctls (others, where given) and the table. */
  async setUp(director: Director, sysctls?: readonly string[]): Promise<void> {
    const host = this.network.host(director);
    await this.setSysctls(director, sysctls);
    await host.type(`ipvsadm apply ${await this.#file(director, "/etc/ipvsadm.rules")}`);
  }

  /** The table is that of the file, and both sync daemons are there. */
  async checkTable(director: Director): Promise<void> {
    const host = this.network.host(director);
    await host.type(`ipvsadm diff ${await this.#file(director, "/etc/ipvsadm.rules")}`);
    const { IFACE, SYNCID } = await daemonSettings();
    const daemons = await host.type("ipvsadm -L --daemon");
    for (const state of ["master", "backup"]) {
      if (!daemons.includes(`${state} sync daemon (mcast=${IFACE}, syncid=${SYNCID}`)) throw new Error(daemons);
    }
  }

  async setSysctls(director: Director, sysctls?: readonly string[]): Promise<void> {
    const file = await this.#file(director, "/etc/sysctl.d/ipvs.conf", (text) => sysctls?.join("\n") ?? text);
    await this.network.host(director).type(`sysctl -q -p ${file}`);
  }

  /** What ipvsadm.service does with its settings. */
  async startDaemons(director: Director): Promise<void> {
    const { DAEMON } = await daemonSettings();
    for (const state of DAEMON === "both" ? ["master", "backup"] : [DAEMON]) await this.startDaemon(director, state);
  }

  async startDaemon(director: Director, state: string): Promise<void> {
    const { IFACE, SYNCID } = await daemonSettings();
    const line = `ipvsadm --start-daemon ${state} --mcast-interface ${IFACE} --syncid ${SYNCID}`;
    await this.network.host(director).type(line);
  }

  async startKeepalived(director: Director): Promise<void> {
    const ranked = (text: string) => (director === "lb1" ? text : text.replace("priority 150", "priority 100"));
    const file = await this.#file(director, "/etc/keepalived/keepalived.conf", ranked);
    // Its other files are for one instance of it, too.
    const argv = ["keepalived", "-n", "-P", "-G", "-f", file, "-p", `${file}.pid`, "-r", `${file}.vrrp.pid`];
    this.#keepalived.set(director, this.network.host(director).start(argv));
  }

  /** Ends keepalived as systemd does: it gives the addresses back and says so. */
  async stopKeepalived(director: Director): Promise<void> {
    const child = this.#keepalived.get(director)!;
    const gone = new Promise((resolve) => child.on("exit", resolve));
    child.kill("SIGTERM");
    await gone;
  }

  /** Waits until a director holds both virtual addresses, or none. */
  async becomes(director: Director, role: "master" | "backup"): Promise<void> {
    await until(
      `${director} as ${role}`,
      async () => (await this.#held(director)) === (role === "master" ? 2 : 0) || undefined,
    );
  }

  /** Whether a director takes itself for the master. */
  async isMaster(director: Director): Promise<boolean> {
    return (await this.#held(director)) === 2;
  }

  async #held(director: Director): Promise<number> {
    const addresses = await this.network.host(director).type("ip -4 -o addr show");
    return [vip, inside].filter((address) => addresses.includes(` ${address}/`)).length;
  }

  /** The connections in a director's table: of each service, the server of each port of the client. Port 0: a persistent one's template. */
  async table(director: Director): Promise<(service: Service) => ReadonlyMap<number, string>> {
    const listing = await this.network.host(director).type("ipvsadm -Lnc");
    const lines = [...listing.matchAll(/^TCP +\S+ +(\w+) +(\S+):(\d+) +(\S+):(\d+) +(\S+):\d+$/gm)];
    return (service) =>
      new Map(
        lines
          .filter(
            ([, state, , port, , to]) => Number(to) === ports[service] && (state === "ESTABLISHED" || port === "0"),
          )
          .map(([, , , port, , , server]) => [Number(port), server!]),
      );
  }
}

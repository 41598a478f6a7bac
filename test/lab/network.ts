import { Host, type Witness } from "./host.js";
import { run, succeed } from "./shell.js";

/** A network interface of a host (eth0, eth1 and so on, in the order of mention), plugged into a switch. */
export type Cable = readonly [host: string, lan: string, address: string];

/** A command line and the host at whose prompt it is typed. */
export type Line = readonly [host: string, line: string];

/** The namespace that holds the switches: bridges, one per LAN. */
const closet = "switches";

/** Several `ip` commands at the price of one process. */
async function ip(namespace: string, commands: readonly string[]): Promise<void> {
  const argv = ["ip", ...(namespace ? ["-n", namespace] : []), "-batch", "-"];
  succeed(commands.join("\n"), await run(argv, commands.map((command) => `${command}\n`).join("")));
}

/** Hosts on switches, each in a network namespace of its own name. Build one at a time; take it down with close(). */
export class Network {
  readonly #hosts: ReadonlyMap<string, Host>;

  private constructor(names: readonly string[], witness: Witness) {
    this.#hosts = new Map(names.map((name) => [name, new Host(name, witness)]));
  }

  /** Addresses are in CIDR notation, IPv4 or IPv6; an interface with several has them comma-separated. */
  static async build(cables: readonly Cable[], witness: Witness = () => {}): Promise<Network> {
    const names = [...new Set(cables.map(([host]) => host))];
    const network = new Network(names, witness);
    await network.#removeNamespaces(); // of a run that was ended before its time
    await ip(
      "",
      [closet, ...names].map((name) => `netns add ${name}`),
    );
    await ip(closet, [
      ...[...new Set(cables.map(([, lan]) => lan))].map((lan) => `link add ${lan} up type bridge mcast_snooping 0`),
      ...cables.map(([host, lan], index) => {
        const port = `${host}-${index}`;
        return `link add ${port} master ${lan} up type veth peer name eth${ethernet(cables, index)} netns ${host}`;
      }),
    ]);
    for (const name of names) {
      await ip(name, [
        "link set lo up",
        ...cables.flatMap(([host, , addresses], index) => {
          const device = `eth${ethernet(cables, index)}`;
          if (host !== name) return [];
          // nodad: an IPv6 address is usable at once, without a search for duplicates.
          const add = (address: string) => `addr add ${address} dev ${device}${address.includes(":") ? " nodad" : ""}`;
          return [...addresses.split(",").map(add), `link set ${device} up`];
        }),
      ]);
    }
    return network;
  }

  host(name: string): Host {
    const host = this.#hosts.get(name);
    if (!host) throw new Error(`no host ${name} in this network`);
    return host;
  }

  /** Types lines in order; each has to succeed. */
  async type(lines: readonly Line[]): Promise<void> {
    for (const [host, line] of lines) await this.host(host).type(line);
  }

  /** Ends what runs on the hosts and removes them, and with them their IPVS tables. */
  async close(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((host) => host.quiet()));
    await this.#removeNamespaces();
  }

  async #removeNamespaces(): Promise<void> {
    const { stdout } = await run(["ip", "netns", "list"]);
    const present = stdout.split("\n").map((line) => line.split(" ")[0]!);
    const ours = present.filter((name) => name === closet || this.#hosts.has(name));
    if (ours.length > 0) {
      await ip(
        "",
        ours.map((name) => `netns del ${name}`),
      );
    }
  }
}

/** The number of a cable's interface on its host. */
function ethernet(cables: readonly Cable[], index: number): number {
  return cables.slice(0, index).filter(([host]) => host === cables[index]![0]).length;
}

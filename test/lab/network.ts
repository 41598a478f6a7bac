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
  readonly #cables: readonly LaidCable[];

  private constructor(cables: readonly Cable[], witness: Witness) {
    this.#cables = cables.map((cable, index) => layCable(cables, cable, index));
    this.#hosts = new Map(this.#cables.map(({ host }) => [host, new Host(host, witness)]));
  }

  /** Addresses are in CIDR notation, IPv4 or IPv6; an interface with several has them comma-separated. */
  static async build(cables: readonly Cable[], witness: Witness = () => {}): Promise<Network> {
    const network = new Network(cables, witness);
    await network.#removeNamespaces(); // of a run that was ended before its time
    const lans = new Set(cables.map(([, lan]) => lan));
    await ip("", [`netns add ${closet}`]);
    await ip(
      closet,
      [...lans].map((lan) => `link add ${lan} up type bridge mcast_snooping 0`),
    );
    await network.#boot([...network.#hosts.keys()]);
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

  /** Takes the power from a host: its links are gone before its programs can say goodbye, and nothing of it is left. */
  async kill(name: string): Promise<void> {
    await ip(
      closet,
      this.#cablesOf(name).map(({ port }) => `link del ${port}`),
    );
    await this.host(name).quiet();
    await ip("", [`netns del ${name}`]);
  }

  /** Gives a killed host the power back: cables and addresses, as at first, and nothing else. */
  boot(name: string): Promise<void> {
    return this.#boot([name]);
  }

  /** Cuts a host off from all others. Its own links stay up, as they do when the fault is behind the next switch. */
  async cutOff(name: string): Promise<void> {
    await ip(
      closet,
      this.#cablesOf(name).map(({ port }) => `link set ${port} nomaster`),
    );
  }

  /** Undoes cutOff(). */
  async rejoin(name: string): Promise<void> {
    await ip(
      closet,
      this.#cablesOf(name).map(({ port, lan }) => `link set ${port} master ${lan}`),
    );
  }

  /** Ends what runs on the hosts and removes them, and with them their IPVS tables. */
  async close(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((host) => host.quiet()));
    await this.#removeNamespaces();
  }

  #cablesOf(name: string): LaidCable[] {
    return this.#cables.filter(({ host }) => host === name);
  }

  async #boot(names: readonly string[]): Promise<void> {
    await ip(
      "",
      names.map((name) => `netns add ${name}`),
    );
    await ip(
      closet,
      names
        .flatMap((name) => this.#cablesOf(name))
        .map(({ port, lan, device, mac, host }) => {
          return `link add ${port} master ${lan} up type veth peer name ${device} address ${mac} netns ${host}`;
        }),
    );
    for (const name of names) {
      await ip(name, [
        "link set lo up",
        ...this.#cablesOf(name).flatMap(({ device, addresses }) => {
          // nodad: an IPv6 address is usable at once, without a search for duplicates.
          const add = (address: string) => `addr add ${address} dev ${device}${address.includes(":") ? " nodad" : ""}`;
          return [...addresses.map(add), `link set ${device} up`];
        }),
      ]);
    }
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

/** A cable between an interface of a host and a port of the switches. */
interface LaidCable {
  readonly host: string;
  readonly lan: string;
  readonly device: string;
  /** The same whenever the host boots, as that of a real card. */
  readonly mac: string;
  readonly port: string;
  readonly addresses: readonly string[];
}

function layCable(cables: readonly Cable[], [host, lan, addresses]: Cable, index: number): LaidCable {
  const ethernet = cables.slice(0, index).filter(([other]) => other === host).length;
  return {
    host,
    lan,
    device: `eth${ethernet}`,
    mac: `02:00:00:00:00:${index.toString(16).padStart(2, "0")}`,
    port: `${host}-${index}`,
    addresses: addresses.split(","),
  };
}

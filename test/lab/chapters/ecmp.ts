import type { WhereDocument } from "../../../src/where/schema.js";
import { commandOf } from "../../programs.js";
import { Caller } from "../caller.js";
import { type Cable, type Line, Network } from "../network.js";
import { serve } from "../servers.js";
import { succeed } from "../shell.js";

// A router spreads connections over three directors by their addresses and ports (ECMP). The directors know nothing of each other;
// their servers answer clients directly.

export const clients = Array.from({ length: 60 }, (_, index) => `192.0.2.${11 + index}`);
export const directors = { lb1: "10.0.0.21", lb2: "10.0.0.22", lb3: "10.0.0.23" } as const;
export type Director = keyof typeof directors;
export const all = Object.keys(directors) as Director[];
const servers = { rs1: "10.0.0.11", rs2: "10.0.0.12", rs3: "10.0.0.13", rs4: "10.0.0.14" } as const;
const names = new Map<string, string>(Object.entries(servers).map(([name, address]) => [address, name]));

/** The addresses of the services, which differ in their scheduler, and their port. */
export const vips = { mh: "203.0.113.1", sh: "203.0.113.2" } as const;
export type Service = keyof typeof vips;
export const port = 7;
const network = "203.0.113.0/24";

const inside = Object.entries({ ...directors, ...servers });

const cables: readonly Cable[] = [
  ["client", "outside", clients.map((address) => `${address}/24`).join(",")],
  ["router", "outside", "192.0.2.1/24"],
  ["router", "inside", "10.0.0.1/24"],
  ...inside.map(([name, address]): Cable => [name, "inside", `${address}/24`]),
];

/** The services' addresses are on every host inside, and routed to the directors only. */
const settings = (name: string): Line[] => [
  ...Object.values(vips).map((vip): Line => [name, `ip addr add ${vip}/32 dev lo`]),
  [name, "ip route add default via 10.0.0.1"],
];

const given: readonly Line[] = [
  ["client", `ip route add ${network} via 192.0.2.1`],
  // A packet keeps the hash of its sender's socket on its way to a router on the same kernel, and a repeated packet would get another
  // one, and with it another director. Routers elsewhere go by what is in the packet. Kernels before 5.18 do not have this switch.
  ["client", "sysctl -q -e net.core.txrehash=0"],
  ["router", "sysctl -q net.ipv4.ip_forward=1 net.ipv4.fib_multipath_hash_policy=1"],
  ...inside.flatMap(([name]) => settings(name)),
];

/** Servers in the order of a file. */
const rules = (service: Service, order: readonly string[]) => [
  `-A -t ${vips[service]}:${port} -s ${service}`,
  ...order.map((address) => `-a -t ${vips[service]}:${port} -r ${address}:${port} -g -w 1`),
];

const inOrder = Object.values(servers);
const tables: Readonly<Record<Director, readonly string[]>> = {
  lb1: [...rules("mh", inOrder), ...rules("sh", inOrder)],
  lb2: [...rules("mh", inOrder), ...rules("sh", inOrder)],
  lb3: [...rules("mh", inOrder), ...rules("sh", inOrder.toReversed())],
};

/** The three directors with their tables, and echo servers behind them. */
export class Fleet {
  private constructor(
    readonly network: Network,
    readonly caller: Caller,
  ) {}

  static async build(): Promise<Fleet> {
    const built = await Network.build(cables);
    await built.type(given);
    const fleet = new Fleet(built, new Caller(built.host("client")));
    await fleet.announce(all);
    for (const director of all) await fleet.#load(director);
    await Promise.all(Object.keys(servers).map((name) => serve(built.host(name), "echo", port)));
    return fleet;
  }

  close(): Promise<void> {
    return this.network.close();
  }

  async #load(director: Director): Promise<void> {
    await this.#feed(director, ["apply", "-"], tables[director]);
  }

  /** Runs ipvsadm on a director with lines as its input. */
  async #feed(director: Director, args: readonly string[], lines: readonly string[]): Promise<string> {
    const input = `${lines.join("\n")}\n`;
    const outcome = await this.network.host(director).run([...commandOf("ipvsadm"), ...args], input);
    return succeed(`${director}# ipvsadm ${args.join(" ")}`, outcome).stdout;
  }

  /** The router sends clients to these directors, as BGP tells it of those that are alive. */
  async announce(alive: readonly Director[]): Promise<void> {
    const hops = alive.map((director) => `nexthop via ${directors[director]}`);
    await this.network.host("router").type(`ip route replace ${network} ${hops.join(" ")}`);
  }

  /** Gives a director that was killed its addresses and its table back. */
  async revive(director: Director): Promise<void> {
    await this.network.boot(director);
    await this.network.type(settings(director));
    await this.#load(director);
  }

  /** With sloppy_tcp, packets in the middle of a connection that a director does not know make it known. */
  async setSloppy(director: Director, on: boolean): Promise<void> {
    await this.network.host(director).type(`sysctl -q net.ipv4.vs.sloppy_tcp=${on ? 1 : 0}`);
  }

  /** The server that each client would get from a director: its name by the client's address. */
  async where(director: Director, service: Service): Promise<ReadonlyMap<string, string>> {
    const args = ["where", "--json", "--all", "-", "-t", `${vips[service]}:${port}`];
    const { clients: answers } = JSON.parse(await this.#feed(director, args, clients)) as WhereDocument;
    return new Map(answers.map(({ client, server }) => [client.address, names.get(server!.address)!]));
  }

  /** The connections in a director's table, by the addresses and ports of their clients. */
  async connections(director: Director): Promise<ReadonlySet<string>> {
    const listing = await this.network.host(director).type("ipvsadm -Lnc");
    return new Set(Array.from(listing.matchAll(/^TCP +\S+ +\w+ +(\S+)/gm), ([, source]) => source!));
  }
}

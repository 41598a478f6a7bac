import type { Address } from "../model/address.js";
import type { Connection } from "../model/connection.js";
import { destinationId, serverId } from "../model/destination.js";
import { isFirewallMark, serviceId } from "../model/service.js";
import type { LiveTable } from "../model/table.js";
import type { LiveEntry, Subject } from "./subject.js";

/** What the connections of a server tell. */
export interface Traffic {
  /** TCP handshakes that stay half open: the client's first packet came, nothing after it. */
  readonly stuck: number;
  /** Connections whose client got an answer. */
  readonly heard: number;
  /** A few of the clients. */
  readonly clients: readonly Address[];
}

/** Living connections of a service to a server that is not in the table. */
export interface Stray {
  readonly entry: LiveEntry;
  /** `10.0.0.42:80`. */
  readonly server: string;
  /** As the kernel writes it: `UDP`. */
  readonly protocol: string;
  count: number;
}

/** Clients remembered per server, and half open handshakes remembered in all. */
const CLIENTS = 4;
const HALF_OPEN = 20_000;

/** More connections than these are not looked at. */
export const CONNECTION_LIMIT = 500_000;

/** States in which no answer has reached the client yet; the kernel's words. */
const UNANSWERED = new Set(["NONE", "SYN_SENT", "SYN_RECV", "LISTEN", "SYNACK"]);

/** States of TCP in which the peers still have something to say to each other. */
const ALIVE = new Set(["ESTABLISHED", "SYN_RECV", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK"]);

interface Count {
  stuck: number;
  heard: number;
  readonly clients: Address[];
}

/** Assigns connections to the services and servers that they belong to. */
export class TrafficCount {
  readonly strays = new Map<string, Stray>();
  readonly #counts = new Map<string, Count>();
  readonly #entries = new Map<string, LiveEntry>();
  /** Entries of firewall marks, by the addresses of their servers. */
  readonly #marks = new Map<Address, LiveEntry>();
  readonly #servers = new Set<string>();
  readonly #halfOpen = new Set<string>();

  constructor(table: LiveTable) {
    for (const entry of table) {
      const { service } = entry;
      if (!isFirewallMark(service)) this.#entries.set(serviceId(service), entry);
      for (const server of entry.destinations) {
        if (isFirewallMark(service)) this.#marks.set(server.address, entry);
        this.#servers.add(serverId(service, server));
      }
    }
  }

  /** First look: everything but whether half open handshakes stay so. */
  add(connection: Connection): void {
    // Templates of persistence are no connections.
    if (connection.client.port === 0) return;
    const entry = this.#entryOf(connection);
    if (entry === undefined) return;
    const count = this.#countOf(entry, connection);
    if (count === undefined) return;
    if (count.clients.length < CLIENTS && !count.clients.includes(connection.client.address)) {
      count.clients.push(connection.client.address);
    }
    if (isAnswered(connection)) count.heard++;
    if (isHalfOpen(connection) && this.#halfOpen.size < HALF_OPEN) this.#halfOpen.add(connectionId(connection));
  }

  /** Second look, a moment later: what is half open again is stuck. */
  again(connection: Connection): void {
    if (!isHalfOpen(connection) || !this.#halfOpen.has(connectionId(connection))) return;
    const entry = this.#entryOf(connection);
    const count = entry && this.#countOf(entry, connection);
    if (count) count.stuck++;
  }

  /** Whether a second look can tell anything. */
  get isSuspicious(): boolean {
    return this.#halfOpen.size > 0;
  }

  of({ entry, server }: Subject): Traffic {
    return this.#counts.get(serverId(entry.service, server)) ?? { stuck: 0, heard: 0, clients: [] };
  }

  #entryOf({ protocol, virtual, destination }: Connection): LiveEntry | undefined {
    const name = protocol.toLowerCase() as "tcp";
    for (const port of [virtual.port, 0]) {
      const entry = this.#entries.get(serviceId({ protocol: name, address: virtual.address, port }));
      if (entry !== undefined) return entry;
    }
    return this.#marks.get(destination.address);
  }

  #countOf(entry: LiveEntry, connection: Connection): Count | undefined {
    const { address, port } = connection.destination;
    // A server with port 0 takes every port of its service.
    const id = [port, 0]
      .map((known) => serverId(entry.service, { address, port: known }))
      .find((known) => this.#servers.has(known));
    if (id === undefined) {
      this.#addStray(entry, connection);
      return undefined;
    }
    const count = this.#counts.get(id) ?? { stuck: 0, heard: 0, clients: [] };
    this.#counts.set(id, count);
    return count;
  }

  #addStray(entry: LiveEntry, { protocol, destination, state }: Connection): void {
    if (protocol === "TCP" && !ALIVE.has(state)) return;
    const id = `${serverId(entry.service, destination)} ${protocol}`;
    const stray = this.strays.get(id) ?? { entry, server: destinationId(destination), protocol, count: 0 };
    stray.count++;
    this.strays.set(id, stray);
  }
}

function isHalfOpen({ protocol, state }: Connection): boolean {
  return protocol === "TCP" && state === "SYN_RECV";
}

function isAnswered({ protocol, state }: Connection): boolean {
  return protocol === "TCP" && !UNANSWERED.has(state);
}

function connectionId({ client, virtual }: Connection): string {
  return `${destinationId(client)} ${destinationId(virtual)}`;
}

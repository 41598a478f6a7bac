import type { Address } from "../model/address.js";
import type { Connection } from "../model/connection.js";
import { destinationId, serverId } from "../model/destination.js";
import { own } from "../model/own.js";
import { isFirewallMark, serviceId } from "../model/service.js";
import type { LiveTable } from "../model/table.js";
import type { LiveEntry, Subject } from "./subject.js";

/** What the connections of a server tell. */
export interface Traffic {
  /** TCP handshakes that stay half open: the client's first packet came, nothing after it. */
  readonly stuck: number;
  /** Connections whose client got an answer, were it a refusal. */
  readonly heard: number;
  /** Those of them that a reset ended: the server refused, or one of the two broke off. */
  readonly closed: number;
  /** Clients, a few, all of whose connections to this server are stuck. */
  readonly unheard: readonly Address[];
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
const UNANSWERED: Readonly<Record<string, ReadonlySet<string>>> = {
  TCP: new Set(["NONE", "SYN_SENT", "SYN_RECV", "LISTEN", "SYNACK"]),
  SCTP: new Set(["NONE", "INIT1", "INIT", "COOKIE_SENT", "COOKIE_WAIT"]),
};

/** Those of them in which the client's first packet came. */
const HALF_OPENED: Readonly<Record<string, ReadonlySet<string>>> = {
  TCP: new Set(["SYN_RECV"]),
  SCTP: new Set(["INIT1", "INIT", "COOKIE_WAIT"]),
};

/** Those that a reset, or ABORT, ends. */
const CLOSED: Readonly<Record<string, ReadonlySet<string>>> = {
  TCP: new Set(["CLOSE"]),
  SCTP: new Set(["REJECTED"]),
};

/** States of TCP in which the peers still have something to say to each other. */
const ALIVE = new Set(["ESTABLISHED", "SYN_RECV", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK"]);

interface Count {
  stuck: number;
  heard: number;
  closed: number;
  readonly clients: Address[];
  /** Clients with half open handshakes, and whether they were heard on other connections. */
  readonly halfOpen: Map<Address, boolean>;
  readonly stuckClients: Set<Address>;
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
    if (is(UNANSWERED, connection) === false) count.heard++;
    if (is(CLOSED, connection)) count.closed++;
    if (is(HALF_OPENED, connection) && this.#halfOpen.size < HALF_OPEN) {
      this.#halfOpen.add(connectionId(connection));
      count.halfOpen.set(connection.client.address, false);
    }
  }

  /** Second look, a moment later: what is half open again is stuck, unless the client was heard otherwise. */
  again(connection: Connection): void {
    const halfOpen = is(HALF_OPENED, connection) === true;
    if (halfOpen && !this.#halfOpen.has(connectionId(connection))) return;
    if (!halfOpen && is(UNANSWERED, connection) !== false) return;
    const entry = this.#entryOf(connection);
    const count = entry && this.#known(entry, connection);
    if (count === undefined) return;
    const { address } = connection.client;
    if (halfOpen) {
      count.stuck++;
      count.stuckClients.add(address);
    } else if (count.halfOpen.has(address)) count.halfOpen.set(address, true);
  }

  /** Whether a second look can tell anything. */
  get isSuspicious(): boolean {
    return this.#halfOpen.size > 0;
  }

  of({ entry, server }: Subject): Traffic {
    const count = this.#counts.get(serverId(entry.service, server));
    if (count === undefined) return { stuck: 0, heard: 0, closed: 0, unheard: [], clients: [] };
    const { stuck, heard, closed, clients, halfOpen, stuckClients } = count;
    const unheard = [...stuckClients].filter((client) => halfOpen.get(client) === false).slice(0, CLIENTS);
    return { stuck, heard, closed, unheard, clients };
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
    const id = this.#idOf(entry, connection);
    if (id === undefined) {
      this.#addStray(entry, connection);
      return undefined;
    }
    const count = this.#counts.get(id) ?? newCount();
    this.#counts.set(id, count);
    return count;
  }

  /** Absent when the first look saw nothing of the server. */
  #known(entry: LiveEntry, connection: Connection): Count | undefined {
    const id = this.#idOf(entry, connection);
    return id === undefined ? undefined : this.#counts.get(id);
  }

  /** A server with port 0 takes every port of its service. */
  #idOf(entry: LiveEntry, { destination: { address, port } }: Connection): string | undefined {
    return [port, 0]
      .map((known) => serverId(entry.service, { address, port: known }))
      .find((known) => this.#servers.has(known));
  }

  #addStray(entry: LiveEntry, { protocol, destination, state }: Connection): void {
    if (protocol === "TCP" && !ALIVE.has(state)) return;
    const id = `${serverId(entry.service, destination)} ${protocol}`;
    const stray = this.strays.get(id) ?? { entry, server: destinationId(destination), protocol, count: 0 };
    stray.count++;
    this.strays.set(id, stray);
  }
}

function newCount(): Count {
  return { stuck: 0, heard: 0, closed: 0, clients: [], halfOpen: new Map(), stuckClients: new Set() };
}

/** Whether a connection is in one of these states of its protocol; absent for protocols without states. */
function is(
  states: Readonly<Record<string, ReadonlySet<string>>>,
  { protocol, state }: Connection,
): boolean | undefined {
  return own(states, protocol)?.has(state);
}

function connectionId({ client, virtual }: Connection): string {
  return `${destinationId(client)} ${destinationId(virtual)}`;
}

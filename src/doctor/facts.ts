import { IpvsError } from "../errors.js";
import type { Firewall } from "../host/firewall/model.js";
import type {
  Application,
  Host,
  Link,
  Listener,
  ModuleState,
  Neighbour,
  Route,
  RoutingRule,
  Status,
} from "../host/host.js";
import type { Address } from "../model/address.js";
import { serviceId } from "../model/service.js";
import type { Daemon, Info, Timeouts } from "../model/settings.js";
import type { LiveTable } from "../model/table.js";
import type { LiveEntry, Subject } from "./subject.js";
import type { Stray, Traffic, TrafficCount } from "./traffic.js";
import type { Arrival } from "./ways.js";

/** What was read before the checks begin; absent parts could not be read. */
export interface Readings {
  readonly table: LiveTable;
  readonly info?: Info;
  readonly timeouts?: Timeouts;
  readonly daemons?: readonly Daemon[];
  readonly links?: readonly Link[];
  readonly addresses?: ReadonlySet<Address>;
  readonly neighbours?: readonly Neighbour[];
  readonly firewall?: Firewall;
  readonly traffic?: TrafficCount;
  /** By `routeKey`. */
  readonly routes: ReadonlyMap<string, Route>;
  readonly routingRules?: readonly RoutingRule[];
  /** What becomes of packets that come in, by `routeKey`. */
  readonly arrivals?: ReadonlyMap<string, readonly Arrival[]>;
}

export function routeKey(address: Address, mark?: number): string {
  return mark === undefined ? address : `${address} mark ${mark}`;
}

function neighbourKey(address: Address, link: number): string {
  return `${address} ${link}`;
}

/**
 * Everything that a check may ask. Answers are absent where something could not be read, and `unread` says what: a check
 * that gets no answer finds nothing.
 */
export class Facts {
  readonly table: LiveTable;
  readonly info: Info | undefined;
  readonly timeouts: Timeouts | undefined;
  readonly daemons: readonly Daemon[] | undefined;
  readonly firewall: Firewall | undefined;
  /** Addresses of this host. */
  readonly addresses: ReadonlySet<Address> | undefined;
  readonly routingRules: readonly RoutingRule[];
  readonly release: string;
  /** What could not be read, and why. */
  readonly unread: Set<string>;
  readonly #readings: Readings;
  readonly #links: ReadonlyMap<number, Link>;
  readonly #neighbours: ReadonlyMap<string, Neighbour>;
  readonly #host: Host;
  readonly #answers = new Map<string, unknown>();

  constructor(readings: Readings, host: Host, unread: Iterable<string> = []) {
    this.table = readings.table;
    this.info = readings.info;
    this.timeouts = readings.timeouts;
    this.daemons = readings.daemons;
    this.firewall = readings.firewall;
    this.addresses = readings.addresses;
    this.routingRules = readings.routingRules ?? [];
    this.release = host.release;
    this.unread = new Set(unread);
    this.#readings = readings;
    this.#links = new Map(readings.links?.map((link) => [link.index, link]));
    this.#neighbours = new Map(readings.neighbours?.map((entry) => [neighbourKey(entry.address, entry.link), entry]));
    this.#host = host;
  }

  /** See Host.sysctl. */
  sysctl(name: string): string | undefined {
    return this.#ask(name, () => this.#host.sysctl(name));
  }

  /** A kernel parameter that is a number; absent when it is not one. */
  number(name: string): number | undefined {
    const value = this.sysctl(name);
    return value !== undefined && /^-?\d+$/.test(value) ? Number(value) : undefined;
  }

  applications(): readonly Application[] | undefined {
    return this.#ask("applications", () => this.#host.applications());
  }

  /** See Host.status. */
  status(): Status | undefined {
    return this.#ask("status", () => this.#host.status());
  }

  /** See Host.listeners. */
  listeners(protocol: "tcp" | "udp"): readonly Listener[] | undefined {
    return this.#ask(`${protocol} sockets`, () => this.#host.listeners(protocol));
  }

  processes(): ReadonlySet<string> {
    return this.#ask("processes", () => this.#host.processes()) ?? new Set();
  }

  /** Absent: not known. */
  module(name: string): ModuleState | undefined {
    return this.#ask(`module ${name}`, () => this.#host.module(name));
  }

  program(name: string): string | undefined {
    return this.#host.program(name);
  }

  /** Counters of `/proc/net/netstat`, such as `TcpExt.IPReversePathFilter`. */
  counter(name: string): number | undefined {
    return this.#ask(`counter ${name}`, () => this.#host.counter(name));
  }

  conntrackDrops(): number | undefined {
    return this.#ask("conntrack drops", () => this.#host.conntrackDrops());
  }

  route(address: Address, mark?: number): Route | undefined {
    return this.#readings.routes.get(routeKey(address, mark));
  }

  /**
   * Where packets for an address go that come in, per interface; those whose source is refused are left out. Absent when
   * that was not asked: services whose address is this host's own need no asking.
   */
  arrivals(address: Address, mark?: number): readonly Arrival[] | undefined {
    const known = this.#readings.arrivals
      ?.get(routeKey(address, mark))
      ?.filter(({ route }) => route.type !== "refused");
    return known?.length ? known : undefined;
  }

  link(index: number | undefined): Link | undefined {
    return index === undefined ? undefined : this.#links.get(index);
  }

  linkNamed(name: string): Link | undefined {
    return this.#readings.links?.find((link) => link.name === name);
  }

  get links(): readonly Link[] | undefined {
    return this.#readings.links;
  }

  /** The neighbour that packets for an address are handed to: itself, or the gateway. */
  nextHop(address: Address): Neighbour | undefined {
    const route = this.route(address);
    return route?.link === undefined
      ? undefined
      : this.#neighbours.get(neighbourKey(route.gateway ?? address, route.link));
  }

  /** Absent when connections could not be read. */
  traffic(subject: Subject): Traffic | undefined {
    return this.#readings.traffic?.of(subject);
  }

  strays(entry: LiveEntry): readonly Stray[] {
    return [...(this.#readings.traffic?.strays.values() ?? [])].filter(
      (stray) => serviceId(stray.entry.service) === serviceId(entry.service),
    );
  }

  /** Every part of the host is read once, and noted when it cannot be. */
  #ask<T>(part: string, read: () => T): T | undefined {
    if (!this.#answers.has(part)) this.#answers.set(part, this.#try(read));
    return this.#answers.get(part) as T | undefined;
  }

  #try<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      this.unread.add(error.message);
      return undefined;
    }
  }
}

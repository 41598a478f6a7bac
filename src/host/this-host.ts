import { release } from "node:os";
import { setTimeout } from "node:timers/promises";
import { readConnections } from "../client/connections.js";
import type { Family } from "../model/address.js";
import type { Unread } from "./firewall/model.js";
import { readFirewall } from "./firewall/read.js";
import type { Host, RouteQuestion } from "./host.js";
import { readListeners } from "./listeners.js";
import { readAddresses, readLinks, readNeighbours, readRoutes } from "./network.js";
import {
  readApplications,
  readConntrackDrops,
  readCounter,
  readInitialUserNamespace,
  readModule,
  readProcesses,
  readSysctl,
} from "./proc.js";
import { findProgram } from "./programs.js";
import { readRoutingRules } from "./routing-rules.js";
import { RtNetlink } from "./rtnetlink.js";
import { readStatus } from "./status.js";

/** The host that this process runs on, seen from its network namespace. */
export class ThisHost implements Host {
  readonly release = release();

  readonly #proc: string;

  /** @param proc where its proc(5) is mounted; another one, for tests, shows parameters, sockets and tables of IPVS only */
  constructor(proc = "/proc") {
    this.#proc = proc;
  }

  readonly sysctl = (name: string) => readSysctl(name, this.#proc);
  readonly status = () => readStatus(this.#proc);
  readonly applications = readApplications;
  readonly processes = readProcesses;
  readonly listeners = (protocol: "tcp" | "udp") => readListeners(protocol, this.#proc);
  readonly counter = readCounter;
  readonly conntrackDrops = readConntrackDrops;
  readonly initialUserNamespace = readInitialUserNamespace;
  readonly program = findProgram;
  readonly connections = () => readConnections();

  links() {
    return withNetlink(readLinks);
  }

  addresses() {
    return withNetlink(readAddresses);
  }

  neighbours() {
    return withNetlink(readNeighbours);
  }

  routes(questions: readonly RouteQuestion[]) {
    return withNetlink((netlink) => readRoutes(netlink, questions));
  }

  routingRules() {
    return withNetlink(readRoutingRules);
  }

  firewall(families: readonly Family[], unread?: Unread) {
    return readFirewall(families, (name) => this.module(name), unread);
  }

  module(name: string) {
    return readModule(name, this.release);
  }

  pause(milliseconds: number) {
    return setTimeout(milliseconds);
  }
}

async function withNetlink<T>(work: (netlink: RtNetlink) => Promise<T>): Promise<T> {
  const netlink = new RtNetlink();
  try {
    return await work(netlink);
  } finally {
    netlink.close();
  }
}

import { DecodeError, KernelError } from "../errors.js";
import type { Destination, DestinationKey } from "../model/destination.js";
import { RowsEntry } from "../model/rows-entry.js";
import type { ServerRows } from "../model/server-rows.js";
import type { Service, ServiceKey } from "../model/service.js";
import { ServiceList, type ServiceOrder } from "../model/service-list.js";
import { ServiceRows, withServers } from "../model/service-rows.js";
import type { Daemon, DaemonState, Info, Timeouts } from "../model/settings.js";
import type { LiveDestination, LiveService, LiveTable, TableEntry } from "../model/table.js";
import { COMMAND, INFO } from "../wire/attributes.js";
import { decodeDaemon } from "../wire/daemon.js";
import { attributesOf } from "../wire/message.js";
import type { Request } from "../wire/requests.js";
import * as requests from "../wire/requests.js";
import { decodeLiveService } from "../wire/service-reader.js";
import { ask, type Decode } from "./ask.js";
import { type BatchResult, batch } from "./batch.js";
import { type DumpSink, dumps } from "./dumps.js";
import type { OpenSocket } from "./netlink-socket.js";
import { ServerDumps } from "./server-dumps.js";
import { ServiceDumps } from "./service-dumps.js";
import { openSocket } from "./socket.js";
import { Transport } from "./transport.js";

/** Services whose servers are read together. */
const PART = 64;

/** What to read besides the configuration. */
export interface ReadOptions {
  /** Also read counters and rates. Default false, which is faster. */
  readonly stats?: boolean;
}

/** The same, and how the rows of a table are kept. */
export interface ReadRowsOptions extends ReadOptions {
  /**
   * Let the servers of each part take the memory of those before: for readers that have done with a part when they ask for the next one.
   * Default false.
   */
  readonly reuse?: boolean;
}

/**
 * The kernel's IPVS in this process's network namespace, one method per kernel command. Everything needs CAP_NET_ADMIN in
 * the initial user namespace. Every method throws KernelError when the kernel refuses, DecodeError when it answers with
 * bytes of another shape, and TransportError when the socket fails. Methods may be called while others run; the kernel
 * gets the requests one after the other.
 */
export class IpvsClient {
  readonly #transport: Transport;
  readonly #services: ServiceDumps;
  readonly #servers: ServerDumps;

  private constructor(transport: Transport) {
    this.#transport = transport;
    this.#services = new ServiceDumps(transport);
    this.#servers = new ServerDumps(transport);
  }

  /**
   * Connects to the kernel. Throws TransportError or KernelError (code ENOENT: no IPVS in this kernel).
   *
   * @param open how to open the socket; default: a real one
   */
  static async open(open: OpenSocket = openSocket): Promise<IpvsClient> {
    return new IpvsClient(await Transport.open(open));
  }

  /** Ends the connection; a process with an open one does not end by itself. */
  close(): void {
    this.#transport.close();
  }

  /** IPVS_CMD_GET_INFO: version and size of the connection table. */
  async info(): Promise<Info> {
    const reply = await this.#ask(requests.getInfo(), INFO.decode.bind(INFO));
    return { version: reply.VERSION ?? 0, connectionTableSize: reply.CONN_TAB_SIZE ?? 0 };
  }

  /**
   * IPVS_CMD_GET_SERVICE as a dump: all services, in the kernel's order. While the kernel lists them it counts those of all
   * network namespaces, so a change in another one can make it send a service twice; here it comes once.
   */
  async services(options: ReadOptions = {}): Promise<LiveService[]> {
    const list = await this.#services.read(options);
    return list.rows("kernel").map((row) => {
      const service = list.service(row);
      const stats = list.stats(row);
      return stats === undefined ? { service } : { service, stats };
    });
  }

  /** IPVS_CMD_GET_SERVICE: one service. KernelError ESRCH when there is none. */
  async service(key: ServiceKey, options: ReadOptions = {}): Promise<LiveService> {
    const reply = await this.#ask(requests.getService(key), COMMAND.decode.bind(COMMAND));
    const { service, stats } = decodeLiveService(reply.SERVICE);
    return options.stats && stats ? { service, stats } : { service };
  }

  /**
   * IPVS_CMD_GET_DEST: the servers of a service, in the kernel's order (newest first). Empty, without an error, when the
   * service does not exist.
   */
  async destinations(key: ServiceKey, options: ReadOptions = {}): Promise<LiveDestination[]> {
    return (await this.destinationsOf([key], options))[0]!;
  }

  /** The servers of many services with one request after the other, in the order of the keys. */
  async destinationsOf(keys: readonly ServiceKey[], options: ReadOptions = {}): Promise<LiveDestination[][]> {
    const list = ServiceList.of(keys);
    const { rows, ends } = await this.#servers.read(list, [...keys.keys()], options);
    return ends.map((end, index) => rows.between(ends[index - 1] ?? 0, end).map((row) => rows.server(row)));
  }

  /** All services with their servers, in the kernel's order; see `rowParts`. */
  async table(options: ReadOptions = {}): Promise<LiveTable> {
    const table: LiveTable[number][] = [];
    for await (const part of this.tableParts(options)) table.push(...part);
    return table;
  }

  /** The same, for readers that look at few of the servers: these are objects only once something asks for them. */
  async rowTable(): Promise<LiveTable> {
    const table: LiveTable[number][] = [];
    for await (const part of this.rowParts()) {
      for (const entry of part) table.push(new RowsEntry(entry));
    }
    return table;
  }

  /** As `rowParts`, the servers as objects. */
  async *tableParts(options: ReadOptions = {}, order?: ServiceOrder): AsyncGenerator<LiveTable, void, undefined> {
    for await (const part of this.rowParts(options, order)) yield part.map(withServers);
  }

  /**
   * The table in parts of some services each, for readers that keep nothing: reading ten thousand services so needs no more
   * memory than reading ten. Not a snapshot: the kernel lists servers service by service, so a table that changes meanwhile
   * may be seen half old, half new. A service that is gone by the time its servers are read is left out.
   *
   * @param order of the services; default: the kernel's
   */
  async *rowParts(
    options: ReadRowsOptions = {},
    order: ServiceOrder = "kernel",
  ): AsyncGenerator<readonly ServiceRows[], void, undefined> {
    const list = await this.#services.read(options);
    const services = list.rows(order);
    let used: ServerRows | undefined;
    for (let start = 0; start < services.length; start += PART) {
      const some = services.slice(start, start + PART);
      const { rows, ends } = await this.#servers.read(list, some, options, used);
      if (options.reuse) used = rows;
      const part = some.map(
        (row, index) =>
          new ServiceRows(list, row, rows, rows.between(index === 0 ? 0 : ends[index - 1]!, ends[index]!)),
      );
      yield await this.#withoutGone(part);
    }
  }

  /** The kernel has no servers for a service that was deleted meanwhile, and says no more than that. */
  async #withoutGone(part: readonly ServiceRows[]): Promise<readonly ServiceRows[]> {
    const gone = new Set<ServiceRows>();
    for (const entry of part.filter(({ order }) => order.length === 0)) {
      if (!(await this.#exists(entry.list.key(entry.row)))) gone.add(entry);
    }
    return part.filter((entry) => !gone.has(entry));
  }

  /** One service with its servers. KernelError ESRCH when there is none. */
  async entry(key: ServiceKey, options: ReadOptions = {}): Promise<TableEntry<LiveDestination>> {
    const service = await this.service(key, options);
    return { ...service, destinations: await this.destinations(key, options) };
  }

  /** IPVS_CMD_NEW_SERVICE. KernelError EEXIST; ENOENT for an unknown scheduler or persistence engine. */
  addService(service: Service): Promise<void> {
    return this.execute(requests.newService(service));
  }

  /** IPVS_CMD_SET_SERVICE: replaces the whole record. KernelError ESRCH, ENOENT as `addService`. */
  editService(service: Service): Promise<void> {
    return this.execute(requests.setService(service));
  }

  /** IPVS_CMD_DEL_SERVICE. KernelError ESRCH. */
  deleteService(key: ServiceKey): Promise<void> {
    return this.execute(requests.delService(key));
  }

  /** IPVS_CMD_NEW_DEST. KernelError ESRCH (no such service), EEXIST, EINVAL (address not unicast), ERANGE. */
  addDestination(key: ServiceKey, server: Destination): Promise<void> {
    return this.execute(requests.newDest(key, server));
  }

  /** IPVS_CMD_SET_DEST: replaces the whole record. KernelError ESRCH, ENOENT (no such server), EINVAL, ERANGE. */
  editDestination(key: ServiceKey, server: Destination): Promise<void> {
    return this.execute(requests.setDest(key, server));
  }

  /** IPVS_CMD_DEL_DEST. KernelError ESRCH, ENOENT. */
  deleteDestination(key: ServiceKey, server: DestinationKey): Promise<void> {
    return this.execute(requests.delDest(key, server));
  }

  /** IPVS_CMD_FLUSH: deletes every service. Traffic to all of them stops. */
  flush(): Promise<void> {
    return this.execute(requests.flush());
  }

  /** IPVS_CMD_ZERO: sets the counters of one service, or of all, back to zero. KernelError ESRCH. */
  zero(key?: ServiceKey): Promise<void> {
    return this.execute(requests.zero(key));
  }

  /** IPVS_CMD_GET_CONFIG: connection timeouts in seconds. */
  async timeouts(): Promise<Timeouts> {
    const reply = await this.#ask(requests.getConfig(), COMMAND.decode.bind(COMMAND));
    return { tcp: reply.TIMEOUT_TCP ?? 0, tcpFin: reply.TIMEOUT_TCP_FIN ?? 0, udp: reply.TIMEOUT_UDP ?? 0 };
  }

  /** IPVS_CMD_SET_CONFIG: connection timeouts in seconds; 0 keeps the present one. KernelError EINVAL. */
  setTimeouts(timeouts: Timeouts): Promise<void> {
    return this.execute(requests.setConfig(timeouts));
  }

  /** IPVS_CMD_GET_DAEMON: the sync daemons that run, none, one or two. */
  async daemons(): Promise<Daemon[]> {
    const found: Daemon[] = [];
    const sink: DumpSink = {
      begin: () => {
        found.length = 0;
      },
      message: (message) => {
        const { DAEMON } = COMMAND.decode(...attributesOf(message));
        if (DAEMON !== undefined) found.push(decodeDaemon(DAEMON));
      },
    };
    await this.#transport.run(dumps([requests.getDaemon()], sink));
    return found;
  }

  /** IPVS_CMD_NEW_DAEMON. KernelError EEXIST, ENODEV (no such interface), ENETUNREACH (interface down), EINVAL. */
  startDaemon(daemon: Daemon): Promise<void> {
    return this.execute(requests.newDaemon(daemon));
  }

  /** IPVS_CMD_DEL_DAEMON. The kernel looks at the state alone. KernelError ESRCH. */
  stopDaemon(state: DaemonState, syncId = 0): Promise<void> {
    return this.execute(requests.delDaemon(state, syncId));
  }

  /** One change that is already a request, made with the functions of `requests`. */
  async execute(request: Request): Promise<void> {
    await this.#transport.run(ask(request));
  }

  /**
   * Many changes, in order, with few system calls; a refused one does not stop those after it. Never throws KernelError:
   * what the kernel refused is in the result, and so is, with code ENOBUFS, what it had no memory to answer. TransportError says
   * how far the batch came.
   *
   * @param changes made with the functions of `requests`
   * @param signal when aborted, what is under way is finished and the rest is not sent
   */
  async batch(changes: Iterable<Request>, signal?: AbortSignal): Promise<BatchResult> {
    const rest = changes[Symbol.iterator]();
    const first = rest.next();
    if (first.done || signal?.aborted) return { sent: 0, refusals: [] };
    return this.#transport.run(batch(first.value, rest, signal));
  }

  async #exists(key: ServiceKey): Promise<boolean> {
    try {
      await this.service(key);
      return true;
    } catch (error) {
      if (error instanceof KernelError && error.code === "ESRCH") return false;
      throw error;
    }
  }

  async #ask<T>(request: Request, decode: Decode<T>): Promise<T> {
    const reply = await this.#transport.run(ask(request, decode));
    if (reply === undefined) throw new DecodeError("the kernel acknowledged a question without answering it");
    return reply;
  }
}

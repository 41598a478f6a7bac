import { ServerRows } from "../model/server-rows.js";
import { serviceFamily } from "../model/service.js";
import { SERVICE_COLUMN, type ServiceList } from "../model/service-list.js";
import { getDest } from "../wire/requests.js";
import { serverReader } from "../wire/server-reader.js";
import { Burst, MOST, type Wanted } from "./burst.js";
import { type DumpSink, dumps } from "./dumps.js";
import type { Exchange } from "./exchange.js";
import type { Transport } from "./transport.js";

/** The servers of some services: those of the first end at `ends[0]`, where those of the second begin. */
export type ServerLists = Pick<Wanted, "rows"> & { readonly ends: readonly number[] };

/** Reads the servers of services into rows. What was learned of the kernel's messages serves the next time. */
export class ServerDumps {
  readonly #transport: Transport;
  readonly #withoutStats = serverReader(false);
  readonly #withStats = serverReader(true);
  #burst: Burst | undefined;
  /** Servers that came the last time: the next part of a table is likely to have as many. */
  #expected = 16;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * IPVS_CMD_GET_DEST for some services of a list, one after the other. Throws as IpvsClient does.
   *
   * @param rows where they come; what is there goes
   */
  async read(
    list: ServiceList,
    services: readonly number[],
    { stats = false }: { readonly stats?: boolean },
    rows = new ServerRows(this.#expected, stats),
  ): Promise<ServerLists> {
    rows.truncate(0);
    const ends: number[] = [];
    const reader = stats ? this.#withStats : this.#withoutStats;
    while (ends.length < services.length) {
      await this.#transport.run(this.#some({ list, services, reader, rows, ends }));
      await turn();
    }
    this.#expected = Math.max(rows.count, 1);
    return { rows, ends };
  }

  /** A burst, and what it could not ask for; all of the rest where there can be no burst. */
  #some(wanted: Wanted): Exchange<void> {
    const { list, services, reader, rows, ends } = wanted;
    const most = ends.length + MOST;
    let rest: Exchange<void>;
    return {
      atOnce: (datagram, calls) => {
        this.#burst ??= new Burst(calls);
        try {
          this.#burst.run(datagram, wanted);
        } catch (error) {
          // The general way meets the same error of the system, if it stays one.
          if ((error as NodeJS.ErrnoException).code === undefined) throw error;
        }
        return ends.length === Math.min(most, services.length) ? { value: undefined } : undefined;
      },
      begin: (datagram) => {
        const first = ends.length;
        const last = this.#burst && reader.knowsShapes ? endOfMarks(list, services, first + 1) : undefined;
        const keys = services.slice(first, last).map((row) => list.key(row));
        const sink: DumpSink = {
          begin(index) {
            ends.length = first + index;
            rows.truncate(ends.at(-1) ?? 0);
            ends.push(rows.count);
          },
          message(messages, index) {
            reader.read(rows, messages, serviceFamily(keys[index]!));
            ends[first + index] = rows.count;
          },
        };
        rest = dumps(keys.map(getDest), sink, this.#burst?.begun);
        rest.begin(datagram);
      },
      receive: (message, datagram) => rest.receive(message, datagram),
      lost: (datagram) => rest.lost?.(datagram),
    };
  }
}

/** Where services that are found by firewall marks end, which bursts do not ask for. */
function endOfMarks(list: ServiceList, services: readonly number[], from: number): number {
  const isMark = (row: number) => list.words[list.at(row) + SERVICE_COLUMN.MARK] !== 0;
  let end = from;
  while (end < services.length && isMark(services[end]!)) end++;
  return end;
}

/** Gives timers and signals their turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

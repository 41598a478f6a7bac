import { ServerRows } from "../model/server-rows.js";
import { SERVICE_COLUMN, type ServiceList } from "../model/service-list.js";
import { getDestOfRow } from "../wire/requests.js";
import { ServerReader } from "../wire/server-reader.js";
import { dumps } from "./dumps.js";
import type { Transport } from "./transport.js";

/** The servers of some services: those of the first end at `ends[0]`, where those of the second begin. */
export interface ServerLists {
  readonly rows: ServerRows;
  readonly ends: readonly number[];
}

/** Reads the servers of services into rows. What was learned of the kernel's messages serves the next time. */
export class ServerDumps {
  readonly #transport: Transport;
  readonly #withoutStats = new ServerReader(false);
  readonly #withStats = new ServerReader(true);
  /** Servers that came the last time: the next part of a table is likely to have as many. */
  #expected = 64;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** IPVS_CMD_GET_DEST for some services of a list, one after the other. Throws as IpvsClient does. */
  async read(list: ServiceList, services: readonly number[], { stats = false }: { readonly stats?: boolean }): Promise<ServerLists> {
    const rows = new ServerRows(this.#expected);
    const ends: number[] = [];
    if (services.length === 0) return { rows, ends };
    const reader = stats ? this.#withStats : this.#withoutStats;
    await this.#transport.run(
      dumps(
        services.map((row) => getDestOfRow(list, row)),
        {
        begin(index) {
          ends[index] = ends[index - 1] ?? 0;
          rows.truncate(ends[index]!);
        },
        message(messages, index) {
          const version = list.words[list.at(services[index]!) + SERVICE_COLUMN.VERSION];
          reader.read(rows, version === 6 ? "ipv6" : "ipv4", messages);
          ends[index] = rows.count;
        },
      }),
    );
    this.#expected = Math.max(rows.count, 1);
    return { rows, ends };
  }
}

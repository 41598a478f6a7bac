import { ServerRows } from "../model/server-rows.js";
import { type ServiceKey, serviceFamily } from "../model/service.js";
import { getDest } from "../wire/requests.js";
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

  /** IPVS_CMD_GET_DEST for each service, one after the other. Throws as IpvsClient does. */
  async read(keys: readonly ServiceKey[], { stats = false }: { readonly stats?: boolean }): Promise<ServerLists> {
    const rows = new ServerRows(this.#expected);
    const ends: number[] = [];
    if (keys.length === 0) return { rows, ends };
    const reader = stats ? this.#withStats : this.#withoutStats;
    await this.#transport.run(
      dumps(keys.map(getDest), (index) => {
        const family = serviceFamily(keys[index]!);
        const start = rows.count;
        ends[index] = start;
        return {
          message: (message) => {
            reader.read(rows, family, message);
            ends[index] = rows.count;
          },
          restart: () => {
            rows.truncate(start);
            ends[index] = start;
          },
        };
      }),
    );
    this.#expected = Math.max(rows.count, 1);
    return { rows, ends };
  }
}

import { EngineNames } from "../model/engine-names.js";
import { ServiceList } from "../model/service-list.js";
import { getService } from "../wire/requests.js";
import { serviceReader } from "../wire/service-reader.js";
import { type DumpSink, dumps } from "./dumps.js";
import type { Transport } from "./transport.js";

/** Reads the services into rows. What was learned of the kernel's messages serves the next time. */
export class ServiceDumps {
  readonly #transport: Transport;
  readonly #names = new EngineNames();
  readonly #withoutStats = serviceReader(this.#names, false);
  readonly #withStats = serviceReader(this.#names, true);

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** IPVS_CMD_GET_SERVICE as a dump. Throws as IpvsClient does. */
  async read({ stats = false }: { readonly stats?: boolean }): Promise<ServiceList> {
    const list = new ServiceList(undefined, this.#names);
    const reader = stats ? this.#withStats : this.#withoutStats;
    const sink: DumpSink = {
      begin: () => list.truncate(0),
      message: (messages) => reader.read(list, messages),
    };
    await this.#transport.run(dumps([getService()], sink));
    return list;
  }
}

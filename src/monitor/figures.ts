import { destinationKey, serverId } from "../model/destination.js";
import { type ServiceKey, serviceKey } from "../model/service.js";
import { connectionsOf, type LiveDestination } from "../model/table.js";
import type { Event } from "./events.js";
import type { LiveEntry } from "./table-watch.js";

/** Seconds over which packets are counted: the kernel sums them up every two seconds, and replies may take a while. */
const WINDOW = 10;

/** Packets to a server in that time that say something when none comes back. */
const ENOUGH = 3n;

/** What is known of a server. */
interface Server {
  connections: number;
  /** The counters at some moment, with which the present ones are compared. */
  since: number;
  inPackets: bigint;
  outPackets: bigint;
  /** Undefined: not known yet. */
  coming: boolean | undefined;
  /** The number of the look that saw it last. */
  seen: number;
}

/** Finds servers whose connections cross a threshold, and those whose packets stop to come back. */
export class Figures {
  readonly #threshold: number | undefined;
  readonly #servers = new Map<string, Server>();
  #looks = 0;

  /** @param threshold connections; absent: the upper threshold of each server, if it has one */
  constructor(threshold?: number) {
    this.#threshold = threshold;
  }

  /**
   * Takes in the table with statistics.
   *
   * @param now seconds, of a clock that only goes forward
   */
  *look(entries: Iterable<LiveEntry>, now: number): Generator<Event> {
    this.#looks++;
    for (const entry of entries) {
      const service = serviceKey(entry.service);
      for (const server of entry.destinations) yield* this.#server(service, server, now);
    }
    for (const [id, { seen }] of this.#servers) if (seen !== this.#looks) this.#servers.delete(id);
  }

  *#server(service: ServiceKey, server: LiveDestination, now: number): Generator<Event> {
    const id = serverId(service, server);
    const { inPackets = 0n, outPackets = 0n } = server.stats ?? {};
    const connections = connectionsOf(server);
    const known = this.#servers.get(id);
    if (known === undefined) {
      this.#servers.set(id, { connections, since: now, inPackets, outPackets, coming: undefined, seen: this.#looks });
      return;
    }
    known.seen = this.#looks;
    const key = destinationKey(server);
    const threshold = this.#threshold ?? server.upperThreshold;
    if (threshold > 0 && known.connections >= threshold !== connections >= threshold) {
      yield { what: "connections", service, server: key, threshold, before: known.connections, after: connections };
    }
    known.connections = connections;
    // Only with NAT do replies pass the director.
    if (server.forwarding !== "masq") return;
    const passed = { inPackets: inPackets - known.inPackets, outPackets: outPackets - known.outPackets };
    const seconds = now - known.since;
    const coming = passed.outPackets > 0n ? true : seconds >= WINDOW && passed.inPackets >= ENOUGH ? false : undefined;
    if (coming === false ? known.coming !== false : coming && known.coming === false) {
      yield { what: "replies", service, server: key, coming: coming === true, ...passed, seconds };
    }
    known.coming = coming ?? known.coming;
    // Counters that were set back to zero begin anew, too.
    if (coming !== undefined || seconds >= WINDOW || passed.inPackets < 0n || passed.outPackets < 0n) {
      Object.assign(known, { since: now, inPackets, outPackets });
    }
  }
}

import type { IpvsClient } from "../client/client.js";
import type { KernelError } from "../errors.js";
import type { Change } from "../model/change.js";
import { destinationId } from "../model/destination.js";
import { type Service, type ServiceKey, serviceId, serviceKey } from "../model/service.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import type { LiveDestination } from "../model/table.js";
import { sameDestination, sameService } from "../rules/diff.js";
import { changesOf } from "../rules/settings.js";

/** What is wished of the things of one group, each said as the change that asked for it last. */
type Group = Map<string, Change>;

/** Services whose servers are read together. */
const PART = 64;

/**
 * What refused changes wished for, and no later one has replaced: of each service, server, daemon and timeout the last wish.
 * It grows with what is missing, not with what is sent.
 */
export class OpenWishes {
  /** By service: the wishes of the service itself, of its counters, and of its servers. */
  readonly #services = new Map<string, { readonly key: ServiceKey; readonly wishes: Group }>();
  /** Daemons, timeouts, and what is about all services. */
  readonly #others: Group = new Map();
  #size = 0;

  /** How many things are wished for and have not been seen to be so. */
  get size(): number {
    return this.#size;
  }

  /** Takes note of the next change that was sent, and of the kernel's refusal, if any. */
  note(change: Change, error?: KernelError): void {
    const refused = error !== undefined && !isGone(change, error);
    if (!refused && this.#size === 0) return;
    if (change.kind === "flush") for (const id of this.#services.keys()) this.#forget(id);
    else if (change.kind === "delete-service") this.#forget(serviceId(change.service));
    if ("service" in change && change.service !== undefined) this.#noteOfService(change, change.service, refused);
    else for (const [thing, wish] of settingsOf(change)) this.#put(this.#others, thing, wish, refused);
  }

  /** Asks the kernel, and forgets the wishes that hold. Reads the servers only of services about which there are wishes. */
  async settle(client: IpvsClient): Promise<void> {
    await this.#settleOthers(client);
    await this.#settleServices(client);
  }

  #noteOfService(change: Change, key: ServiceKey, refused: boolean): void {
    const id = serviceId(key);
    let group = this.#services.get(id);
    if (group === undefined) {
      if (!refused) return;
      group = { key: serviceKey(key), wishes: new Map() };
      this.#services.set(id, group);
    }
    this.#put(group.wishes, thingOf(change), change, refused);
  }

  /** An accepted change makes up for a refused one about the same thing. */
  #put(group: Group, thing: string, wish: Change, refused: boolean): void {
    const before = group.size;
    if (refused) group.set(thing, wish);
    else group.delete(thing);
    this.#size += group.size - before;
  }

  #forget(id: string): void {
    this.#size -= this.#services.get(id)?.wishes.size ?? 0;
    this.#services.delete(id);
  }

  async #settleOthers(client: IpvsClient): Promise<void> {
    if (this.#others.size === 0) return;
    const [timeouts, daemons] = [await client.timeouts(), await client.daemons()];
    for (const [thing, wish] of this.#others) {
      if (settingHolds(wish, timeouts, daemons)) this.#put(this.#others, thing, wish, false);
    }
  }

  async #settleServices(client: IpvsClient): Promise<void> {
    if (this.#services.size === 0) return;
    const live = new Map((await client.services()).map(({ service }) => [serviceId(service), service]));
    const groups = [...this.#services];
    for (let start = 0; start < groups.length; start += PART) {
      const part = groups.slice(start, start + PART);
      const servers = await client.destinationsOf(part.map(([, { key }]) => key));
      for (const [index, [id, { wishes }]] of part.entries()) {
        const found = new Map(servers[index]!.map((server) => [destinationId(server), server]));
        for (const [thing, wish] of wishes) {
          if (serviceHolds(wish, live.get(id), found)) this.#put(wishes, thing, wish, false);
        }
        if (wishes.size === 0) this.#services.delete(id);
      }
    }
  }
}

/** Deletions are refused where there is nothing to delete, and then their wish holds. */
function isGone({ kind }: Change, { code }: KernelError): boolean {
  const deletes = kind === "delete-service" || kind === "delete-server" || kind === "stop-daemon";
  return deletes && (code === "ESRCH" || code === "ENOENT");
}

function thingOf(change: Change): string {
  if (change.kind === "zero") return "counters";
  return "server" in change ? destinationId(change.server) : "service";
}

/** Each timeout by itself, since a change may set some of them and leave the others. */
function settingsOf(change: Change): [thing: string, wish: Change][] {
  if (change.kind === "start-daemon") return [[change.daemon.state, change]];
  if (change.kind === "stop-daemon") return [[change.state, change]];
  if (change.kind !== "set") return [[change.kind, change]];
  const kept = { tcp: 0, tcpFin: 0, udp: 0 };
  return (["tcp", "tcpFin", "udp"] as const)
    .filter((name) => change.timeouts[name] !== 0)
    .map((name) => [name, { kind: "set", timeouts: { ...kept, [name]: change.timeouts[name] } }]);
}

function settingHolds(wish: Change, timeouts: Timeouts, daemons: readonly Daemon[]): boolean {
  if (wish.kind === "stop-daemon") return daemons.every(({ state }) => state !== wish.state);
  if (wish.kind !== "set" && wish.kind !== "start-daemon") return false;
  return changesOf(wish, timeouts, daemons).length === 0;
}

/** Whether a service and its servers are as a change about them wants. */
function serviceHolds(
  wish: Change,
  service: Service | undefined,
  servers: ReadonlyMap<string, LiveDestination>,
): boolean {
  switch (wish.kind) {
    case "add-service":
    case "edit-service":
      return service !== undefined && sameService(service, wish.service);
    case "delete-service":
      return service === undefined;
    case "add-server":
    case "edit-server": {
      const server = servers.get(destinationId(wish.server));
      return server !== undefined && sameDestination(server, wish.server);
    }
    case "delete-server":
      return !servers.has(destinationId(wish.server));
    default:
      // Counters were not zeroed because there was no such service; those of one that came since began at zero.
      return service !== undefined;
  }
}

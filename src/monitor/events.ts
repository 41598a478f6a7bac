import { type Destination, type DestinationKey, destinationId, destinationKey } from "../model/destination.js";
import { type Service, type ServiceKey, serviceKey } from "../model/service.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import { type Difference, type ServiceDifference, sameService } from "../rules/diff.js";

/** Something that happened: added where `before` is absent, deleted where `after` is. */
export type Event =
  | ({ readonly what: "service"; readonly service: ServiceKey } & Difference<Service>)
  | ({ readonly what: "server"; readonly service: ServiceKey } & Difference<Destination>)
  /** The servers of a service of sh, dh or mh stand in another order, oldest first. */
  | ({ readonly what: "order"; readonly service: ServiceKey } & Difference<readonly DestinationKey[]>)
  | ({ readonly what: "timeouts" } & Difference<Timeouts>)
  | ({ readonly what: "daemon" } & Difference<Daemon>)
  /** The connections of a server, active and inactive ones, have crossed a threshold. */
  | ({
      readonly what: "connections";
      readonly service: ServiceKey;
      readonly server: DestinationKey;
      readonly threshold: number;
    } & Difference<number>)
  /** The packets of a server have stopped to come back, or come back again. */
  | {
      readonly what: "replies";
      readonly service: ServiceKey;
      readonly server: DestinationKey;
      readonly coming: boolean;
      /** Packets to and from the server in so many seconds. */
      readonly inPackets: bigint;
      readonly outPackets: bigint;
      readonly seconds: number;
    };

/** What a difference of one service is about; services come before the servers that are added, and after those that are deleted. */
export function* eventsOf({ service, servers, order }: ServiceDifference): Generator<Event> {
  const { before, after } = service;
  const key = serviceKey((after ?? before)!);
  const changed = before === undefined || after === undefined || !sameService(before, after);
  if (changed && after !== undefined) yield { what: "service", service: key, ...service };
  for (const server of servers) yield { what: "server", service: key, ...server };
  if (changed && after === undefined) yield { what: "service", service: key, ...service };
  if (order !== undefined)
    yield {
      what: "order",
      service: key,
      before: order.before?.map(destinationKey),
      after: order.after?.map(destinationKey),
    };
}

/** What has changed of timeouts and sync daemons. */
export function* settingsEvents(before: Settings, after: Settings): Generator<Event> {
  const { timeouts } = before;
  if ((["tcp", "tcpFin", "udp"] as const).some((name) => timeouts[name] !== after.timeouts[name])) {
    yield { what: "timeouts", before: timeouts, after: after.timeouts };
  }
  for (const state of ["master", "backup"] as const) {
    const [old, now] = [before, after].map(({ daemons }) => daemons.find((daemon) => daemon.state === state));
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    if (old !== undefined) yield { what: "daemon", before: old };
    if (now !== undefined) yield { what: "daemon", after: now };
  }
}

/** What there is besides the table. */
export interface Settings {
  readonly timeouts: Timeouts;
  readonly daemons: readonly Daemon[];
}

/** What happened to it. */
export function changeOf(event: Event): "added" | "deleted" | "changed" | "noticed" {
  if (event.what === "connections" || event.what === "replies") return "noticed";
  if (event.before === undefined) return "added";
  return event.after === undefined ? "deleted" : "changed";
}

/** Those of a list in one line. */
export function listText(servers: readonly DestinationKey[]): string {
  return servers.map(destinationId).join(" ");
}

import { RuleError } from "../errors.js";
import type { Change } from "../model/change.js";
import { type Destination, type DestinationKey, destinationId, serverId } from "../model/destination.js";
import type { Configuration } from "../model/document.js";
import { type Service, type ServiceKey, serviceId, serviceKey } from "../model/service.js";
import type { Table } from "../model/table.js";
import { isChange } from "../wire/change.js";
import { sameDestination, sameService } from "./diff.js";
import type { Finding, Repetition, Rule } from "./read.js";

/** Changes of timeouts, sync daemons and counters: what a rule file can ask for besides services and servers. */
export type SettingsChange = Extract<Change, { kind: "set" | "start-daemon" | "stop-daemon" | "zero" }>;

/** What a file wants the kernel to look like. */
export interface Wanted {
  /** Absent when the file says nothing about services. */
  readonly table?: Table;
  readonly settings: readonly WantedSetting[];
  /** True when the file says by itself that the table shall be empty. */
  readonly emptyOnPurpose: boolean;
  /** Where in the file a change of the table comes from (`line 12`); absent for what it does not mention (deletions). */
  origin(change: Change): string | undefined;
  /** Of a file whose program changes the table while it runs, as keepalived does; absent for rules and JSON. */
  readonly excuses?: Excuses;
}

/** Why a table that differs from what a file wants may still be as it should. */
export interface Excuses {
  /**
   * Why a server may differ; absent when it must not.
   *
   * @param sides the server as it is and as it is wanted; one side may be absent
   * @param all servers that the service has now
   */
  server(
    service: ServiceKey,
    sides: { readonly live: Destination | undefined; readonly wanted: Destination | undefined },
    all: readonly Destination[],
  ): string | undefined;
  /**
   * Why the servers of a service may stand in another order; absent when they must not.
   *
   * @param moved servers that do not stand in their places
   */
  order(service: ServiceKey, moved: readonly DestinationKey[]): string | undefined;
}

/** A change of the settings, and where in the file it comes from: `line 12`, `timeouts`. */
export interface WantedSetting {
  readonly origin: string;
  readonly change: SettingsChange;
}

interface WantedService {
  service: Service;
  line: number;
  /** Absent while there are none: of a million services each map would count. */
  servers: Map<string, { server: Destination; line: number }> | undefined;
}

/**
 * What the table would be after the rules ran on an empty one. A rule that could not run there is a mistake; a rule that
 * says the same again is not, and has no effect.
 */
export function wantedTable(rules: Iterable<Rule>): {
  wanted: Wanted;
  mistakes: readonly RuleError[];
  repetitions: readonly Repetition[];
} {
  const mistakes: RuleError[] = [];
  const repetitions: Repetition[] = [];
  const wanted = wantedFrom(rules, (finding) => {
    if (finding instanceof RuleError) mistakes.push(finding);
    else repetitions.push(finding);
  });
  return { wanted, mistakes, repetitions };
}

/**
 * The same for rules as they are read, lines that are not rules among them. Mistakes and repetitions are told one by one, in
 * the order of the lines, and not kept.
 */
export function wantedFrom(rules: Iterable<Rule | RuleError>, report: (finding: Finding) => void): Wanted {
  const services = new Map<string, WantedService>();
  const settings: WantedSetting[] = [];
  let emptyOnPurpose = false;
  for (const rule of rules) {
    if (rule instanceof RuleError) {
      report(rule);
      continue;
    }
    const { line, command } = rule;
    if (command.kind === "flush") emptyOnPurpose = true;
    const remark = isChange(command)
      ? applyRule(command, line, services, settings)
      : { mistake: "only rules that change the table can stand here, not listings, -S or help" };
    if (remark === undefined) continue;
    report("mistake" in remark ? new RuleError(line, remark.mistake) : { line, reason: remark.repeats });
  }
  return wantedRules(services, settings, emptyOnPurpose);
}

function wantedRules(
  services: ReadonlyMap<string, WantedService>,
  settings: readonly WantedSetting[],
  emptyOnPurpose: boolean,
): Wanted {
  let table: Table | undefined;
  return {
    // Whoever only looks for mistakes never asks.
    get table() {
      table ??= Array.from(services.values(), ({ service, servers }) => ({
        service,
        destinations: Array.from(servers?.values() ?? [], ({ server }) => server),
      }));
      return table;
    },
    settings,
    emptyOnPurpose,
    origin: (change) => {
      if (!("service" in change) || change.service === undefined) return undefined;
      const service = services.get(serviceId(change.service));
      const wanted = "server" in change ? service?.servers?.get(destinationId(change.server)) : service;
      return wanted && `line ${wanted.line}`;
    },
  };
}

/** What a JSON document wants. */
export function wantedDocument({ table, timeouts, daemons = [] }: Configuration): Wanted {
  const origins = new Map<string, string>();
  for (const [index, { service, destinations }] of (table ?? []).entries()) {
    origins.set(serviceId(service), `services[${index}]`);
    for (const [position, server] of destinations.entries()) {
      origins.set(serverId(service, server), `services[${index}].destinations[${position}]`);
    }
  }
  return {
    ...(table && { table }),
    settings: [
      ...(timeouts ? [{ origin: "timeouts", change: { kind: "set", timeouts } as const }] : []),
      ...daemons.map((daemon, index) => ({
        origin: `daemons[${index}]`,
        change: { kind: "start-daemon", daemon } as const,
      })),
    ],
    emptyOnPurpose: false,
    origin: (change) => {
      if (!("service" in change) || change.service === undefined) return undefined;
      return origins.get("server" in change ? serverId(change.service, change.server) : serviceId(change.service));
    },
  };
}

/** What there is to say of a rule. */
type Remark = { readonly mistake: string } | { readonly repeats: string };

/** Applies one rule to the wanted services; returns what there is to say of it, if anything. */
function applyRule(
  change: Change,
  line: number,
  services: Map<string, WantedService>,
  settings: WantedSetting[],
): Remark | undefined {
  switch (change.kind) {
    case "flush":
      services.clear();
      return undefined;
    case "add-service":
    case "edit-service":
      return putService(change.service, change.kind === "add-service", line, services);
    case "delete-service":
      return services.delete(serviceId(change.service)) ? undefined : noService(change.service);
    case "add-server":
    case "edit-server":
    case "delete-server":
      return putServer(change, line, services);
    default:
      settings.push({ origin: `line ${line}`, change });
      return undefined;
  }
}

function putService(
  service: Service,
  add: boolean,
  line: number,
  services: Map<string, WantedService>,
): Remark | undefined {
  const id = serviceId(service);
  const old = services.get(id);
  if (add && old !== undefined) {
    return thereAlready(`service ${id}`, old.line, sameService(old.service, service));
  }
  if (!add && old === undefined) return noService(service);
  services.set(id, { service, line, servers: old?.servers });
  return undefined;
}

function putServer(
  change: Extract<Change, { kind: "add-server" | "edit-server" | "delete-server" }>,
  line: number,
  services: Map<string, WantedService>,
): Remark | undefined {
  const service = services.get(idOf(change.service));
  if (service === undefined) return noService(change.service);
  const id = destinationId(change.server);
  const old = service.servers?.get(id);
  if (change.kind === "add-server" && old !== undefined) {
    return thereAlready(`server ${id}`, old.line, sameDestination(old.server, change.server));
  }
  if (change.kind !== "add-server" && old === undefined) {
    return { mistake: `service ${serviceId(change.service)} has no server ${id}` };
  }
  service.servers ??= new Map();
  if (change.kind === "delete-server") service.servers.delete(id);
  else service.servers.set(id, { server: change.server, line });
  return undefined;
}

/** The text of a service, as made last: rules that are read fast name the same one by the same object. */
let last: { readonly key: ServiceKey; readonly id: string } | undefined;

function idOf(key: ServiceKey): string {
  if (last?.key !== key) last = { key, id: serviceId(key) };
  return last.id;
}

function thereAlready(what: string, line: number, same: boolean): Remark {
  return same ? { repeats: `repeats line ${line}: ${what}` } : { mistake: `${what} already exists since line ${line}` };
}

function noService(key: ServiceKey): Remark {
  return { mistake: `there is no service ${serviceId(serviceKey(key))} in the lines before` };
}

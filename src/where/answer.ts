import type { Connection } from "../model/connection.js";
import { type DestinationKey, destinationId } from "../model/destination.js";
import type { LiveDestination } from "../model/table.js";
import type { Choice, Chooser, Client } from "./choice.js";
import type { Known } from "./known.js";

/** Where a client goes. */
export interface Answer {
  readonly client: Client;
  /** What decides. */
  readonly by: "connection" | "template" | "scheduler";
  /** Absent: none, or not to be known. */
  readonly server?: DestinationKey;
  /** Where the server is not to be known: those that it may be. */
  readonly candidates?: readonly LiveDestination[];
  /** The candidate that it would be as the counts of connections are now. */
  readonly now?: DestinationKey;
  /** Why, in short sentences without full stops. */
  readonly why: readonly string[];
  /** Those that the client has with the service, from its port alone where it has one. */
  readonly connections: readonly Connection[];
}

/** Parameters of the kernel that count. */
export interface Sysctls {
  /** `net.ipv4.vs.expire_quiescent_template` is 1: templates of servers of weight 0 do not count. */
  readonly templatesEnd: boolean;
  /** `net.ipv4.vs.conn_reuse_mode` is 0: ended connections keep their server for new ones from the same port. */
  readonly portsKeepServers: boolean;
  /** `net.ipv4.vs.expire_nodest_conn` is 1: connections whose server is gone end with their next packet. */
  readonly orphansEnd: boolean;
}

/** What answers are made from. */
export interface Evidence {
  readonly scheduler: string;
  readonly servers: readonly LiveDestination[];
  /** Name of a persistence engine, which tells clients apart by more than their addresses. */
  readonly persistenceEngine?: string;
  readonly known: Known;
  readonly choose: Chooser;
  readonly sysctls: Sysctls;
}

/** States of TCP in which a connection is over, and a new one from the same port is scheduled anew. */
const OVER: ReadonlySet<string> = new Set(["TIME_WAIT", "CLOSE"]);

/** What one of the three ways says: where the client goes, or why that way does not decide. */
type Verdict =
  | (Pick<Answer, "server" | "candidates" | "now"> & { readonly decides: true; readonly why: string })
  | Undecided;
interface Undecided {
  readonly decides: false;
  /** Absent: there is nothing to say. */
  readonly why?: string;
}

/** Where a client goes: the way of its connection if there is one, else of the template that ties it, else the scheduler's. */
export function answer(client: Client, evidence: Evidence): Answer {
  const connections = evidence.known.connections(client);
  const ways = [
    ["connection", () => byConnection(client.port === undefined ? undefined : connections[0], evidence)],
    ["template", () => byTemplate(evidence.known.template(client), evidence)],
    ["scheduler", () => byScheduler(client, evidence)],
  ] as const;
  const reasons: string[] = [];
  for (const [by, way] of ways) {
    const { decides, why, ...where } = way();
    if (why !== undefined) reasons.push(why);
    if (decides) return { client, by, ...where, why: reasons, connections };
  }
  throw new TypeError("the scheduler always decides");
}

function byConnection(connection: Connection | undefined, { servers, sysctls }: Evidence): Verdict {
  if (connection === undefined) return { decides: false };
  const { state, expires, destination, protocol } = connection;
  if (protocol === "TCP" && OVER.has(state) && !sysctls.portsKeepServers) {
    return { decides: false, why: `its last connection is ${state}: a new one from the same port is scheduled anew` };
  }
  const entry = `its connection is ${state} and ends in ${expires} s`;
  const found = serversAt(destination, servers);
  if (found.length > 0) return { decides: true, why: entry, ...oneOf(found) };
  const gone = `${entry}, and its server ${destinationId(destination)} is gone`;
  return sysctls.orphansEnd
    ? { decides: false, why: `${gone}: it ends with the next packet (expire_nodest_conn)` }
    : { decides: true, why: `${gone}: packets are dropped` };
}

function byTemplate(template: Connection | undefined, { servers, sysctls }: Evidence): Verdict {
  if (template === undefined) return { decides: false };
  const tie = `its template ties it to ${destinationId(template.destination)} for ${template.expires} s`;
  const found = serversAt(template.destination, servers);
  if (found.length === 0) return { decides: false, why: `${tie}, which is gone` };
  if (sysctls.templatesEnd && found.every(({ weight }) => weight === 0)) {
    return { decides: false, why: `${tie}, which has weight 0 (expire_quiescent_template)` };
  }
  return { decides: true, why: tie, ...oneOf(found) };
}

function byScheduler(client: Client, { scheduler, servers, choose, persistenceEngine }: Evidence): Verdict {
  if (persistenceEngine !== undefined) {
    const why = `the persistence engine ${persistenceEngine} may tie it to a server by what its packets say`;
    return { decides: true, why, candidates: servers };
  }
  const choice = choose(client);
  return { decides: true, why: `${scheduler}: ${choice.why}`, ...outcome(choice) };
}

/**
 * The servers that an entry may belong to. Services of all ports and firewall marks have servers and templates without a port: there
 * the kernel shows another port than the server has.
 */
function serversAt({ address, port }: DestinationKey, servers: readonly LiveDestination[]): readonly LiveDestination[] {
  const there = servers.filter((server) => server.address === address);
  const same = there.filter((server) => server.port === port);
  return same.length > 0 ? same : there.filter((server) => server.port === 0 || port === 0);
}

function oneOf(found: readonly LiveDestination[]): Pick<Answer, "server" | "candidates"> {
  return found.length === 1 ? { server: found[0]! } : { candidates: found };
}

function outcome(choice: Choice): Pick<Answer, "server" | "candidates" | "now"> {
  switch (choice.kind) {
    case "server":
      return { server: choice.server };
    case "none":
      return {};
    case "unknown":
      return { candidates: choice.candidates, ...(choice.now && { now: choice.now }) };
  }
}

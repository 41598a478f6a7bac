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
  readonly servers: readonly LiveDestination[];
  /** Name of a persistence engine, which tells clients apart by more than their addresses. */
  readonly persistenceEngine?: string;
  readonly known: Known;
  readonly choose: Chooser;
  readonly sysctls: Sysctls;
}

/** States of TCP in which a connection is over, and a new one from the same port is scheduled anew. */
const OVER: ReadonlySet<string> = new Set(["TIME_WAIT", "CLOSE"]);

/** Where a client goes: the way of its connection if there is one, else of the template that ties it, else the scheduler's. */
export function answer(client: Client, evidence: Evidence): Answer {
  const { known, servers, sysctls, choose, persistenceEngine } = evidence;
  const connections = known.connections(client);
  const present = new Map(servers.map((server) => [destinationId(server), server]));
  const said = (by: Answer["by"], why: readonly string[], more: Partial<Answer> = {}): Answer => ({
    client,
    by,
    why,
    connections,
    ...more,
  });
  const why: string[] = [];

  const own = client.port === undefined ? undefined : connections[0];
  if (own !== undefined) {
    const entry = `its connection is ${own.state} and ends in ${own.expires} s`;
    if (OVER.has(own.state) && own.protocol === "TCP" && !sysctls.portsKeepServers) {
      why.push(`its last connection is ${own.state}: a new one from the same port is scheduled anew`);
    } else if (present.has(destinationId(own.destination))) {
      return said("connection", [entry], { server: own.destination });
    } else if (!sysctls.orphansEnd) {
      return said("connection", [
        `${entry}, and its server ${destinationId(own.destination)} is gone: packets are dropped`,
      ]);
    } else {
      why.push(`its connection had a server that is gone, and ends with the next packet (expire_nodest_conn)`);
    }
  }

  const template = known.template(client);
  if (template !== undefined) {
    const server = present.get(destinationId(template.destination));
    const tie = `its template ties it to ${destinationId(template.destination)} for ${template.expires} s`;
    if (server === undefined) why.push(`${tie}, which is gone`);
    else if (server.weight === 0 && sysctls.templatesEnd)
      why.push(`${tie}, which has weight 0 (expire_quiescent_template)`);
    else return said("template", [...why, tie], { server });
  }

  if (persistenceEngine !== undefined) {
    const engine = `the persistence engine ${persistenceEngine} may tie it to a server by what its packets say`;
    return said("scheduler", [...why, engine], { candidates: servers });
  }
  const choice = choose(client);
  return said("scheduler", [...why, choice.why], outcome(choice));
}

function outcome(choice: Choice): Partial<Answer> {
  switch (choice.kind) {
    case "server":
      return { server: choice.server };
    case "none":
      return {};
    case "unknown":
      return { candidates: choice.candidates, ...(choice.now && { now: choice.now }) };
  }
}

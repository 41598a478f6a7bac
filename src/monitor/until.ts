import type { IpvsClient } from "../client/client.js";
import { UsageError } from "../errors.js";
import { type DestinationKey, destinationId } from "../model/destination.js";
import { own } from "../model/own.js";
import type { ServiceKey } from "../model/service.js";
import { connectionsOf, type LiveDestination } from "../model/table.js";
import type { Names } from "../names/names.js";
import { parseCommand } from "../options/parse.js";
import { parseNumber } from "../options/values.js";
import { type LiveEntry, read } from "./table-watch.js";

/** Something that scripts wait for. */
export interface Condition {
  readonly service: ServiceKey;
  /** Absent: the service itself. */
  readonly server?: DestinationKey;
  /** Whether it holds for the service, or the server, as it is; absent when it is not there. */
  holds(entry: LiveEntry | undefined, server: LiveDestination | undefined): boolean;
}

type State = (argument: number) => Condition["holds"];

/** What can be waited for, by its word; some have a number. */
const SERVER_STATES: Readonly<Record<string, State>> = {
  gone: () => (_, server) => server === undefined,
  there: () => (_, server) => server !== undefined,
  idle: () => (_, server) => server !== undefined && connectionsOf(server) === 0,
  weight: (weight) => (_, server) => server?.weight === weight,
};

const SERVICE_STATES: Readonly<Record<string, State>> = {
  gone: () => (entry) => entry === undefined,
  there: () => (entry) => entry !== undefined,
  empty: () => (entry) => entry?.destinations.length === 0,
  servers: (count) => (entry) => (entry?.destinations.length ?? -1) >= count,
};

const WITH_NUMBER: ReadonlySet<string> = new Set(["weight", "servers"]);

/** What a condition looks like, for messages and help. */
export const CONDITIONS = "SERVICE [gone|there|empty|servers N], or SERVICE -r SERVER [gone|there|idle|weight N]";

/**
 * Reads a condition: `-t 192.0.2.1:80 -r 10.0.0.1 gone`.
 *
 * @throws UsageError
 */
export function parseCondition(text: string, names: Names): Condition {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const number = WITH_NUMBER.has(words.at(-2) ?? "") ? parseNumber(words.pop()!, 0, 0x7fffffff) : undefined;
  const word = words.pop() ?? "";
  const change = keysOf(words, names);
  const server = change.kind === "delete-server" ? change.server : undefined;
  const states = server === undefined ? SERVICE_STATES : SERVER_STATES;
  const state = own(states, word);
  if (state === undefined || WITH_NUMBER.has(word) !== (number !== undefined)) {
    throw new UsageError(`not a condition: ${text}\nA condition is ${CONDITIONS}.`);
  }
  return { service: change.service, ...(server && { server }), holds: state(number ?? 0) };
}

/** Service and server, as they are named to delete them. */
function keysOf(words: readonly string[], names: Names) {
  const command = words.includes("-r") || words.some((word) => word.startsWith("--real-server")) ? "-d" : "-D";
  const change = parseCommand([command, ...words], { names, program: "ipvsadm" });
  if (change.kind === "delete-server" || change.kind === "delete-service") return change;
  throw new UsageError(`A condition is ${CONDITIONS}.`);
}

/** Whether it holds now. Throws as IpvsClient does. */
export async function holdsNow(condition: Condition, client: IpvsClient): Promise<boolean> {
  const entry = await read(client, condition.service, false);
  const id = condition.server && destinationId(condition.server);
  return condition.holds(
    entry,
    entry?.destinations.find((server) => destinationId(server) === id),
  );
}

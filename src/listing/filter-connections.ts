import type { Connection } from "../model/connection.js";
import type { ConnectionFilter } from "../options/command.js";
import { endpointMatcher } from "../options/matches.js";

/** Whether a connection is one that the filter asks for. */
export function connectionFilter(filter: ConnectionFilter = {}): (connection: Connection) => boolean {
  const checks: ((connection: Connection) => boolean)[] = [];
  for (const [end, match] of [
    ["client", filter.client],
    ["virtual", filter.virtual],
    ["destination", filter.server],
  ] as const) {
    if (match === undefined) continue;
    const matches = endpointMatcher(match);
    checks.push((connection) => matches(connection[end]));
  }
  const state = filter.state?.toUpperCase();
  if (state !== undefined) checks.push((connection) => connection.state === state);
  return (connection) => checks.every((check) => check(connection));
}

/** The connections of each batch that a filter asks for; batches may become empty. */
export async function* filterConnections(
  batches: AsyncIterable<readonly Connection[]>,
  filter?: ConnectionFilter,
): AsyncGenerator<readonly Connection[], void, undefined> {
  if (filter === undefined) return yield* batches;
  const wanted = connectionFilter(filter);
  for await (const batch of batches) yield batch.filter(wanted);
}

import { destinationId } from "../model/destination.js";
import type { LiveDestination } from "../model/table.js";
import type { Answer } from "./answer.js";

/** How clients are spread. */
export interface Distribution {
  /** Clients of every server, by `destinationId`. */
  readonly counts: ReadonlyMap<string, number>;
  /** Clients that no server gets. */
  readonly none: number;
  /** Clients of whom it cannot be known. */
  readonly unknown: number;
  /** What decides how often. */
  readonly by: Readonly<Record<Answer["by"], number>>;
}

export function distribution(answers: readonly Answer[], servers: readonly LiveDestination[]): Distribution {
  const counts = new Map(servers.map((server) => [destinationId(server), 0]));
  const by = { connection: 0, template: 0, scheduler: 0 };
  let [none, unknown] = [0, 0];
  for (const { server, candidates, by: way } of answers) {
    by[way]++;
    if (server !== undefined) counts.set(destinationId(server), (counts.get(destinationId(server)) ?? 0) + 1);
    else if (candidates !== undefined) unknown++;
    else none++;
  }
  return { counts, none, unknown, by };
}

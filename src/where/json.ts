import { type DestinationKey, destinationId } from "../model/destination.js";
import { type Service, serviceKey } from "../model/service.js";
import type { LiveDestination } from "../model/table.js";
import { connectionDocument } from "../render/document.js";
import { pieces } from "../render/pieces.js";
import type { Answer } from "./answer.js";
import { distribution } from "./distribution.js";
import type { AnswerDocument, WhereDocument } from "./schema.js";

/** What `ipvsadm where --json` prints, in pieces to be written one after the other: a line for each client. */
export function renderWhereJson(
  answers: readonly Answer[],
  service: Service,
  servers: readonly LiveDestination[],
  places: WhereDocument["places"],
): readonly string[] {
  return pieces(lines(answers, service, servers, places));
}

function* lines(
  answers: readonly Answer[],
  service: Service,
  servers: readonly LiveDestination[],
  places: WhereDocument["places"],
): Generator<string> {
  const { counts, none, unknown } = distribution(answers, servers);
  const head: Omit<WhereDocument, "clients"> = {
    service: { ...serviceKey(service), scheduler: service.scheduler },
    ...(places && { places }),
    servers: servers.map((server) => ({
      ...endpoint(server),
      weight: server.weight,
      clients: counts.get(destinationId(server))!,
    })),
    none,
    unknown,
  };
  yield `${JSON.stringify(head).slice(0, -1)},\n"clients":[`;
  let before = "\n";
  for (const one of answers) {
    yield before + JSON.stringify(document(one));
    before = ",\n";
  }
  yield "\n]}\n";
}

function document({ client, by, server, candidates, now, why, connections }: Answer): AnswerDocument {
  return {
    client: { ...client },
    by,
    outcome: server !== undefined ? "server" : candidates !== undefined ? "unknown" : "none",
    ...(server && { server: endpoint(server) }),
    ...(candidates && { candidates: candidates.map(endpoint) }),
    ...(now && { now: endpoint(now) }),
    why: [...why],
    connections: connections.map(connectionDocument),
  };
}

function endpoint({ address, port }: DestinationKey) {
  return { address, port };
}

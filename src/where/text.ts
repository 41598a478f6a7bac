import { formatEndpoint } from "../model/address.js";
import { destinationId } from "../model/destination.js";
import { type ServiceKey, serviceId } from "../model/service.js";
import type { LiveDestination } from "../model/table.js";
import type { Answer } from "./answer.js";
import type { Client } from "./choice.js";
import { distribution } from "./distribution.js";

/** Connections of a client that are listed; the others are counted. */
const LISTED = 20;

/** `203.0.113.7 -> tcp 192.0.2.1:80 -> 198.51.100.2:80`, and the reasons below. */
export function answerText(answer: Answer, service: ServiceKey, note: string | undefined): string {
  const { client, server, candidates, now, why, connections } = answer;
  const end = server === undefined ? (candidates === undefined ? "none" : "?") : destinationId(server);
  const lines = [`${clientText(client)} -> ${serviceId(service)} -> ${end}`, ...why];
  if (candidates !== undefined) lines.push(`one of ${candidates.map(candidateText).join(", ") || "none"}`);
  if (now !== undefined) lines.push(`as connections are now: ${destinationId(now)}`);
  if (note !== undefined) lines.push(note);
  if (client.port === undefined) lines.push(...connectionLines(connections));
  return `${lines.join("\n  ")}\n`;
}

function clientText({ address, port }: Client): string {
  return port === undefined ? address : formatEndpoint(address, port);
}

function candidateText(server: LiveDestination): string {
  const { weight, activeConnections, inactiveConnections } = server;
  return `${destinationId(server)} (weight ${weight}, ${activeConnections} active and ${inactiveConnections} inactive connections)`;
}

function connectionLines(connections: Answer["connections"]): string[] {
  const lines = connections
    .slice(0, LISTED)
    .map(
      ({ client, destination, state }) =>
        `its connection from port ${client.port}: ${destinationId(destination)}, ${state}`,
    );
  const more = connections.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more connections`] : lines;
}

/** How many clients each server gets. */
export function distributionText(
  answers: readonly Answer[],
  service: ServiceKey,
  servers: readonly LiveDestination[],
  note: string | undefined,
): string {
  const { counts, none, unknown, by } = distribution(answers, servers);
  const rows: [name: string, clients: number, weight: string][] = servers.map((server) => [
    destinationId(server),
    counts.get(destinationId(server))!,
    String(server.weight),
  ]);
  if (none > 0) rows.push(["none", none, ""]);
  if (unknown > 0) rows.push(["not to be known", unknown, ""]);
  const width = Math.max("Server".length, ...rows.map(([name]) => name.length));
  const line = (name: string, clients: string, share: string, weight: string) =>
    `${name.padEnd(width)} ${clients.padStart(8)} ${share.padStart(7)}  ${weight}`.trimEnd();
  const lines = rows.map(([name, clients, weight]) =>
    line(name, String(clients), `${((clients / answers.length) * 100).toFixed(1)} %`, weight),
  );
  const reasons = Object.entries(by).map(([word, count]) => `${count} by ${word}`);
  return [
    `${answers.length} clients of ${serviceId(service)}: ${reasons.join(", ")}`,
    line("Server", "Clients", "Share", "Weight"),
    ...lines,
    ...(note === undefined ? [] : [note]),
    ...[...new Set(answers.filter(({ candidates }) => candidates).map(({ why }) => why.at(-1)!))].slice(0, LISTED),
    "",
  ].join("\n");
}

import { parseIpv4, parseIpv6 } from "./address.js";
import { destinationId } from "./destination.js";
import { type Configuration, DocumentError, type Mistake } from "./document.js";
import { readDestination, readService } from "./document-table.js";
import { duplicateKeys } from "./duplicate-keys.js";
import { checkShape, type Document, type ServiceDocument } from "./schema.js";
import { serviceFamily, serviceId } from "./service.js";
import type { Daemon } from "./settings.js";
import type { TableEntry } from "./table.js";

/**
 * Reads a JSON document as `--json` prints it, checked as rule files are. Live figures, connections and the kernel's
 * version are ignored. Throws DocumentError, which names every mistake.
 *
 * Loads zod: import this file only when there is a document to read.
 */
export function parseDocument(text: string): Configuration {
  const value = parseJson(text);
  return readConfiguration(value, repeatedKeys(text));
}

/** Keys that stand more than once in the same object of a JSON text. */
export function repeatedKeys(text: string): Mistake[] {
  return duplicateKeys(text).map((path) => ({ path, reason: "is there more than once" }));
}

/**
 * The same for a value as JSON.parse returns it.
 *
 * @param known mistakes that were found before
 */
export function readConfiguration(value: unknown, known: readonly Mistake[] = []): Configuration {
  const mistakes = [...known];
  const shape = checkShape(value);
  if ("mistakes" in shape) throw new DocumentError([...mistakes, ...shape.mistakes]);
  const { services, timeouts, daemons } = shape.document;
  const table = services && readTable(services, mistakes);
  const read = daemons && readDaemons(daemons, mistakes);
  if (mistakes.length > 0) throw new DocumentError(mistakes);
  return { ...(table && { table }), ...(timeouts && { timeouts }), ...(read && { daemons: read }) };
}

/** Throws DocumentError where JSON.parse fails, and for a list. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const reason = (error as SyntaxError).message.replace(/^JSON Parse error: /, "");
    throw new DocumentError([{ path: "", reason: `not JSON: ${reason}` }]);
  }
  if (!Array.isArray(value)) return value;
  throw new DocumentError([{ path: "", reason: 'must be an object such as {"services": […]}, not a list' }]);
}

function readTable(services: readonly ServiceDocument[], mistakes: Mistake[]): TableEntry[] {
  const seenServices = new Map<string, string>();
  return services.map((document, index) => {
    const path = `services[${index}]`;
    const service = readService(document, (field, reason) => mistakes.push({ path: `${path}.${field}`, reason }));
    once(serviceId(service), path, seenServices, mistakes);
    const seenDestinations = new Map<string, string>();
    const destinations = document.destinations.map((server, position) => {
      const place = `${path}.destinations[${position}]`;
      const report = (field: string, reason: string) => mistakes.push({ path: `${place}.${field}`, reason });
      const destination = readDestination(server, serviceFamily(service), report);
      once(destinationId(destination), place, seenDestinations, mistakes);
      return destination;
    });
    return { service, destinations };
  });
}

function readDaemons(documents: NonNullable<Document["daemons"]>, mistakes: Mistake[]): Daemon[] {
  const seen = new Map<string, string>();
  return documents.map(({ multicastGroup, ...rest }, index) => {
    const path = `daemons[${index}]`;
    once(rest.state, path, seen, mistakes);
    if (multicastGroup === undefined) return rest;
    const group = parseIpv4(multicastGroup) ?? parseIpv6(multicastGroup) ?? multicastGroup;
    if (!isMulticast(group)) {
      mistakes.push({ path: `${path}.multicastGroup`, reason: "must be a multicast address" });
    }
    return { ...rest, multicastGroup: group };
  });
}

/** 224.0.0.0/4 and ff00::/8. */
function isMulticast(address: string): boolean {
  return address.includes(":")
    ? address.startsWith("ff") && address.indexOf(":") === 4
    : /^2(2[4-9]|3\d)\./.test(address);
}

/** Notes a mistake when something with the same identity stands at another place. */
function once(id: string, path: string, seen: Map<string, string>, mistakes: Mistake[]): void {
  const first = seen.get(id);
  if (first === undefined) seen.set(id, path);
  else mistakes.push({ path, reason: `${id} is there already, at ${first}` });
}

import { UsageError } from "../errors.js";
import { familyOf } from "../model/address.js";
import { type ServiceKey, serviceFamily } from "../model/service.js";
import { type Names, noNames } from "../names/names.js";
import { parseEndpoint } from "../options/values.js";
import type { Client } from "./choice.js";

/** `HOST[:PORT]`. Throws UsageError. */
export function readClient(text: string, names: Names): Client {
  const endpoint = parseEndpoint(text, undefined, names);
  if (endpoint === undefined) throw new UsageError(`illegal client address[:port] specified: ${text}`);
  const { address, port } = endpoint;
  if (port === 0)
    throw new UsageError(`illegal client address[:port] specified: ${text}: the port of a client is 1 to 65535`);
  return port === undefined ? { address } : { address, port };
}

/** The clients of a file: one a line; empty lines and what follows # do not count. Throws UsageError, which names the line. */
export function readClients(text: string): Client[] {
  const clients: Client[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const word = line.replace(/#.*/, "").trim();
    if (word === "") continue;
    try {
      // Numbers only: a name a line would be a question to a name server each.
      clients.push(readClient(word, noNames));
    } catch (error) {
      if (error instanceof UsageError) throw new UsageError(`line ${index + 1}: ${error.message}`);
      throw error;
    }
  }
  if (clients.length === 0) throw new UsageError("the file names no clients");
  return clients;
}

/** Throws UsageError for a client whose packets cannot be for a service. */
export function checkFamilies(clients: readonly Client[], service: ServiceKey): void {
  const family = serviceFamily(service);
  const other = clients.find(({ address }) => familyOf(address) !== family);
  if (other) throw new UsageError(`${other.address} is of another family than the service`);
}

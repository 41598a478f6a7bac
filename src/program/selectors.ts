import type { Command } from "commander";
import type { IpvsClient } from "../client/client.js";
import { KernelError, UsageError } from "../errors.js";
import type { DestinationKey } from "../model/destination.js";
import { isFirewallMark, type Protocol, type ServiceKey } from "../model/service.js";
import type { LiveTable } from "../model/table.js";
import type { Names } from "../names/names.js";
import { inRange, refuse } from "../options/readers.js";
import { parseEndpoint } from "../options/values.js";
import { EXIT } from "./exit-status.js";
import { refusalText } from "./refusal-text.js";
import { addOptions, type Read } from "./subcommand-options.js";

const BY_ADDRESS = [
  ["tcpService", "tcp-service", "tcp"],
  ["udpService", "udp-service", "udp"],
  ["sctpService", "sctp-service", "sctp"],
] as const;

/** The options that name a service, as for 1.31's commands. */
export function addServiceOptions(command: Command): Command {
  return addOptions(command, "tcp-service", "udp-service", "sctp-service", "fwmark-service", "ipv6");
}

/** The service that the options name; absent when they name none. Throws UsageError with 1.31's texts. */
export function readService(options: Read, names: Names): ServiceKey | undefined {
  const keys: ServiceKey[] = [];
  for (const [name, option, protocol] of BY_ADDRESS) {
    const text = options[name];
    if (typeof text !== "string") continue;
    const { address, port = 0 } = parseEndpoint(text, protocol, names) ?? refuse(option, text);
    keys.push({ protocol, address, port });
  }
  const mark = options.fwmarkService;
  if (typeof mark === "string") {
    keys.push({ fwmark: inRange("fwmark-service", mark), family: options.ipv6 ? "ipv6" : "ipv4" });
  } else if (options.ipv6) {
    throw new UsageError("-6 goes with -f only");
  }
  if (keys.length > 1) throw new UsageError("multiple 'service-address' options specified");
  return keys[0];
}

/** A server of a service, as 1.31 reads it: without a port it has that of the service, 0 for firewall marks. */
export function readServer(text: string, service: ServiceKey, names: Names): DestinationKey {
  const mark = isFirewallMark(service);
  const protocol: Protocol = mark ? "tcp" : service.protocol;
  const { address, port } = parseEndpoint(text, protocol, names) ?? refuse("real-server", text);
  return { address, port: port ?? (mark ? 0 : service.port) };
}

/** A service with its servers. Throws UsageError with 1.31's text and exit status when there is none. */
export async function entryOf(client: IpvsClient, key: ServiceKey): Promise<LiveTable[number]> {
  try {
    return await client.entry(key);
  } catch (error) {
    if (error instanceof KernelError && error.code === "ESRCH")
      throw new UsageError(refusalText(error), EXIT.refused.status);
    throw error;
  }
}

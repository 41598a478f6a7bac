import { parseIpv4 } from "../model/address.js";
import type { Change } from "../model/change.js";
import { FULL_NETMASK, type ServiceKey } from "../model/service.js";

/** Services and servers of IPv4 as `-S` writes them. */
const COMMON =
  /^-([Aa]) -([tu]) (([\d.]{7,15}):(\d{1,5}))(?: -s ([a-z]{1,15})| -r ([\d.]{7,15}):(\d{1,5}) -([mg]) -w (\d{1,9}))$/;

const PROTOCOLS = { t: "tcp", u: "udp" } as const;
const FORWARDING = { m: "masq", g: "route" } as const;

/** The service of the line before, which most lines name again. */
let last:
  | { readonly text: string; readonly protocol: string; readonly key: ServiceKey & { readonly port: number } }
  | undefined;

/**
 * The command of a line as nearly all lines of large rule files are; absent for all others, which `parseCommand` reads. It would
 * make the same of these, at ten times the cost.
 */
export function readCommon(line: string): Change | undefined {
  const match = COMMON.exec(line);
  if (match === null) return undefined;
  const [, command, protocol, text, address, port, scheduler, serverAddress, serverPort, method, weight] = match;
  if ((command === "A") !== (scheduler !== undefined)) return undefined;
  if (last === undefined || last.text !== text || last.protocol !== protocol) {
    const number = Number(port);
    if (number > 65535 || parseIpv4(address!) === undefined) return undefined;
    const key = { protocol: PROTOCOLS[protocol as "t"], address: address!, port: number };
    last = { text: text!, protocol: protocol!, key };
  }
  const { key } = last;
  if (scheduler !== undefined) {
    // Only persistent services have no port.
    if (key.port === 0) return undefined;
    return { kind: "add-service", service: { ...key, scheduler, flags: 0, timeout: 0, netmask: FULL_NETMASK.ipv4 } };
  }
  const number = Number(serverPort);
  if (number > 65535 || parseIpv4(serverAddress!) === undefined) return undefined;
  const server = {
    address: serverAddress!,
    // Only NAT rewrites ports.
    port: method === "m" ? number : key.port,
    forwarding: FORWARDING[method as "m"],
    weight: Number(weight),
    upperThreshold: 0,
    lowerThreshold: 0,
  };
  return { kind: "add-server", service: key, server };
}

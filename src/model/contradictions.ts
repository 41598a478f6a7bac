import { type Family, familyOf } from "./address.js";
import {
  type Destination,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
  type Tunnel,
} from "./destination.js";
import {
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  isFirewallMark,
  type Service,
  type ServiceKey,
} from "./service.js";

// What no administrator means, and ipvsadm 1.31 has no words for, though the kernel takes it from other programs.

/** A field of a JSON record, such as `tunnel.port`, and what other fields have against its value. */
export type Contradiction = readonly [field: string, reason: string];

/** The longest persistence: 31 days in seconds, as in ipvsadm 1.31. */
const MONTH = 31 * 24 * 60 * 60;

/** What in a service speaks against itself; empty for all that ipvsadm 1.31 can write. */
export function serviceContradictions(service: ServiceKey & Pick<Service, "flags" | "timeout">): Contradiction[] {
  const found: Contradiction[] = [];
  const persistent = (service.flags & IP_VS_SVC_F_PERSISTENT) !== 0;
  if (!isFirewallMark(service)) {
    if (service.port === 0 && !persistent) found.push(["port", "must not be 0 without persistent"]);
    const onePacket = (service.flags & IP_VS_SVC_F_ONEPACKET) !== 0;
    if (onePacket && service.protocol !== "udp") found.push(["onePacket", "is only for udp and firewall marks"]);
  }
  if (persistent && service.timeout === 0) found.push(["timeout", "must not be 0 with persistent"]);
  if (service.timeout > MONTH) found.push(["timeout", `must be a whole number from 0 to ${MONTH}`]);
  return found;
}

/** The same for a server of a service of some family. */
export function destinationContradictions(destination: Destination, family: Family): Contradiction[] {
  const { address, forwarding, upperThreshold, lowerThreshold, tunnel } = destination;
  const found = tunnel === undefined ? [] : tunnelContradictions(tunnel);
  if (lowerThreshold > upperThreshold) found.push(["lowerThreshold", "must not be above upperThreshold"]);
  if (forwarding === "tunnel") return found;
  if (tunnel !== undefined) found.push(["tunnel", `does not go with forwarding ${forwarding}`]);
  if (familyOf(address) !== family) found.push(["address", "may be of another family only with forwarding tunnel"]);
  return found;
}

/** Which encapsulations have a port, and which checksums. */
const TUNNEL_RULES = {
  ipip: { port: false, checksums: [] },
  gue: { port: true, checksums: ["csum", "remcsum"] },
  gre: { port: false, checksums: ["csum"] },
} as const;

/** Other bits are the business of whoever writes them as a number. */
const CHECKSUMS = new Map<number, string>([
  [IP_VS_TUNNEL_ENCAP_FLAG_CSUM, "csum"],
  [IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM, "remcsum"],
]);

function tunnelContradictions({ type, port, flags }: Tunnel): Contradiction[] {
  if (typeof type === "number") return [];
  const found: Contradiction[] = [];
  const rules: { readonly port: boolean; readonly checksums: readonly string[] } = TUNNEL_RULES[type];
  if (rules.port && port === 0) found.push(["tunnel.port", `must be given with ${type}`]);
  if (!rules.port && port !== 0) found.push(["tunnel.port", `does not go with ${type}`]);
  const checksum = CHECKSUMS.get(flags);
  if (checksum !== undefined && !rules.checksums.includes(checksum)) {
    found.push(["tunnel.checksum", `${checksum} does not go with ${type}`]);
  }
  return found;
}

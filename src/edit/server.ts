import { UsageError } from "../errors.js";
import { familyOf } from "../model/address.js";
import {
  type Destination,
  destinationId,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
  PLAIN_TUNNEL,
  type Tunnel,
} from "../model/destination.js";
import { isFirewallMark, type ServiceKey, serviceFamily } from "../model/service.js";
import { TUNNEL_USES } from "../options/options.js";

/** What to change in a server; what is absent stays as it is. */
export interface ServerEdit {
  readonly weight?: number;
  readonly upperThreshold?: number;
  readonly lowerThreshold?: number;
  readonly forwarding?: "masq" | "tunnel" | "route";
  readonly tunnelType?: "ipip" | "gue" | "gre";
  readonly tunnelPort?: number;
  readonly tunnelChecksum?: keyof typeof CHECKSUM_FLAGS;
}

/** The options about checksums and what they mean to the kernel. */
export const CHECKSUM_FLAGS = {
  "tun-nocsum": IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  "tun-csum": IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  "tun-remcsum": IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
} as const;

/**
 * A server with what was named changed.
 *
 * @throws UsageError for what a server may not be; only what was named is checked
 */
export function editServer(service: ServiceKey, server: Destination, edit: ServerEdit): Destination {
  const { tunnel: _, ...rest } = server;
  const edited = {
    ...rest,
    forwarding: edit.forwarding ?? server.forwarding,
    weight: edit.weight ?? server.weight,
    upperThreshold: edit.upperThreshold ?? server.upperThreshold,
    lowerThreshold: edit.lowerThreshold ?? server.lowerThreshold,
  };
  if (edit.forwarding !== undefined) checkForwarding(service, edited);
  if (edit.upperThreshold !== undefined || edit.lowerThreshold !== undefined) checkThresholds(edited);
  const tunnel = editTunnel(server, edited.forwarding === "tunnel", edit);
  return tunnel === undefined ? edited : { ...edited, tunnel };
}

function namesTunnel({ tunnelType, tunnelPort, tunnelChecksum }: ServerEdit): boolean {
  return tunnelType !== undefined || tunnelPort !== undefined || tunnelChecksum !== undefined;
}

/** A tunnel of which nothing is named stays, however odd another tool made it, while the server keeps its method. */
function editTunnel(server: Destination, tunnelled: boolean, edit: ServerEdit): Tunnel | undefined {
  if (!namesTunnel(edit)) {
    const same = edit.forwarding === undefined || edit.forwarding === server.forwarding;
    return same ? server.tunnel : tunnelled ? makeTunnel(server.tunnel, edit) : undefined;
  }
  if (!tunnelled) throw new UsageError("Tunnel options conflict with forward method");
  return makeTunnel(server.tunnel, edit);
}

function makeTunnel(before: Tunnel = PLAIN_TUNNEL, edit: ServerEdit): Tunnel | undefined {
  const { tunnelPort, tunnelChecksum } = edit;
  const type = edit.tunnelType ?? before.type;
  // Types without a name come from other tools; what they may have is not known here.
  if (typeof type === "number") {
    const flags = tunnelChecksum === undefined ? before.flags : CHECKSUM_FLAGS[tunnelChecksum];
    return { type, port: tunnelPort ?? before.port, flags };
  }
  const uses = TUNNEL_USES[type];
  if (tunnelPort !== undefined && !uses["tun-port"]) throw illegal("tun-port", type);
  if (tunnelChecksum !== undefined && !uses[tunnelChecksum]) throw illegal(tunnelChecksum, type);
  const port = uses["tun-port"] ? (tunnelPort ?? before.port) : 0;
  if (uses["tun-port"] && port === 0) {
    throw new UsageError(`You need to supply the 'tun-port' option for the '${type}' tunnel type`);
  }
  if (type === "ipip") return undefined;
  const flags = tunnelChecksum === undefined ? keptFlags(before.flags, type) : CHECKSUM_FLAGS[tunnelChecksum];
  return { type, port, flags };
}

/** The flags that a type of tunnel knows. */
function keptFlags(flags: number, type: "gue" | "gre"): number {
  const known = (Object.keys(CHECKSUM_FLAGS) as (keyof typeof CHECKSUM_FLAGS)[]).filter(
    (name) => TUNNEL_USES[type][name],
  );
  return flags & known.reduce((bits, name) => bits | CHECKSUM_FLAGS[name], 0);
}

function illegal(option: string, type: string): UsageError {
  return new UsageError(`Illegal '${option}' option with the '${type}' tunnel type`);
}

function checkForwarding(service: ServiceKey, server: Destination): void {
  if (server.forwarding !== "tunnel" && familyOf(server.address) !== serviceFamily(service)) {
    throw new UsageError("Different address family is allowed only for tunneling servers");
  }
  // 1.31 would name another server then: it takes the port of the service for everything but NAT.
  if (server.forwarding !== "masq" && !isFirewallMark(service) && server.port !== service.port) {
    throw new UsageError(
      `server ${destinationId(server)}: only NAT (-m) can send to another port than that of the service, ${service.port}`,
    );
  }
}

/** As the kernel, which says no more than "Numerical result out of range". */
function checkThresholds({ upperThreshold, lowerThreshold, ...key }: Destination): void {
  if (lowerThreshold <= upperThreshold) return;
  throw new UsageError(
    `server ${destinationId(key)}: the lower threshold ${lowerThreshold} is above the upper one ${upperThreshold}`,
  );
}

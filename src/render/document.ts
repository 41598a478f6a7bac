import { familyOf } from "../model/address.js";
import type { Connection } from "../model/connection.js";
import { destinationContradictions, serviceContradictions } from "../model/contradictions.js";
import {
  type Destination,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
  type Tunnel,
} from "../model/destination.js";
import { SCHEDULER_FLAG_BITS, schedulerFlagNames } from "../model/scheduler-flags.js";
import type {
  ConnectionDocument,
  Counter,
  DestinationDocument,
  ServiceDocument,
  StatsDocument,
} from "../model/schema.js";
import { IP_VS_SVC_F_ONEPACKET, IP_VS_SVC_F_PERSISTENT, type Service, serviceKey } from "../model/service.js";
import type { Stats } from "../model/stats.js";
import type { LiveDestination } from "../model/table.js";

const LARGEST_NUMBER = BigInt(Number.MAX_SAFE_INTEGER);

/** A number where that is exact, else a string of digits. */
export function counter(value: bigint): Counter {
  return value <= LARGEST_NUMBER ? Number(value) : String(value);
}

function statsDocument(stats: Stats): StatsDocument {
  return {
    connections: counter(stats.connections),
    inPackets: counter(stats.inPackets),
    outPackets: counter(stats.outPackets),
    inBytes: counter(stats.inBytes),
    outBytes: counter(stats.outBytes),
    connectionRate: counter(stats.connectionRate),
    inPacketRate: counter(stats.inPacketRate),
    outPacketRate: counter(stats.outPacketRate),
    inByteRate: counter(stats.inByteRate),
    outByteRate: counter(stats.outByteRate),
  };
}

/** A service without its servers; `stats` only when they are known. */
export function serviceDocument(service: Service, stats?: Stats): Omit<ServiceDocument, "destinations"> {
  const { scheduler, flags, timeout, netmask, persistenceEngine } = service;
  const named = IP_VS_SVC_F_PERSISTENT | IP_VS_SVC_F_ONEPACKET | SCHEDULER_FLAG_BITS;
  const otherFlags = (flags & ~named) >>> 0;
  return {
    ...serviceKey(service),
    scheduler,
    persistent: (flags & IP_VS_SVC_F_PERSISTENT) !== 0,
    timeout,
    netmask,
    ...(persistenceEngine !== undefined && { persistenceEngine }),
    onePacket: (flags & IP_VS_SVC_F_ONEPACKET) !== 0,
    schedulerFlags: [...schedulerFlagNames(scheduler, flags)],
    ...(serviceContradictions(service).length > 0 && { raw: true }),
    ...(otherFlags !== 0 && { otherFlags }),
    ...(stats && { stats: statsDocument(stats) }),
  };
}

const CHECKSUM_WORDS = new Map<number, "nocsum" | "csum" | "remcsum">([
  [IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM, "nocsum"],
  [IP_VS_TUNNEL_ENCAP_FLAG_CSUM, "csum"],
  [IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM, "remcsum"],
]);

function tunnelDocument({ type, port, flags }: Tunnel): NonNullable<DestinationDocument["tunnel"]> {
  return { type, port, checksum: CHECKSUM_WORDS.get(flags) ?? flags };
}

/** A server as it is configured. */
export function destinationDocument(destination: Destination): DestinationDocument {
  const { address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel } = destination;
  return {
    address,
    port,
    forwarding,
    weight,
    upperThreshold,
    lowerThreshold,
    ...(tunnel && { tunnel: tunnelDocument(tunnel) }),
    // The kernel takes another family only with a tunnel.
    ...(destinationContradictions(destination, familyOf(address)).length > 0 && { raw: true }),
  };
}

/** A server with its live figures. */
export function liveDestinationDocument(destination: LiveDestination): DestinationDocument {
  const { activeConnections, inactiveConnections, persistentConnections, stats } = destination;
  return {
    ...destinationDocument(destination),
    activeConnections,
    inactiveConnections,
    persistentConnections,
    ...(stats && { stats: statsDocument(stats) }),
  };
}

export function connectionDocument({
  protocol,
  client,
  virtual,
  destination,
  ...rest
}: Connection): ConnectionDocument {
  return { protocol: protocol.toLowerCase(), client, virtual, destination, ...rest };
}

import { DecodeError } from "../errors.js";
import { addressBytes, addressFromBytes, type Family, familyOf } from "../model/address.js";
import {
  type Destination,
  type DestinationKey,
  FORWARDING_NUMBERS,
  type ForwardingMethod,
  PLAIN_TUNNEL,
  TUNNEL_NUMBERS,
  type Tunnel,
  type TunnelType,
} from "../model/destination.js";
import type { LiveDestination } from "../model/table.js";
import type { DEST } from "./attributes.js";
import type { Values } from "./codec.js";
import { FAMILY_NUMBERS, familyFromNumber } from "./service.js";
import { decodeStats } from "./stats.js";

type DestValues = Values<(typeof DEST)["rows"]>;

/** IP_VS_CONN_F_FWD_MASK: the other bits of FWD_METHOD are the kernel's connection flags. */
export const IP_VS_CONN_F_FWD_MASK = 0x0007;

const FORWARDING_METHODS = inverse<ForwardingMethod>(FORWARDING_NUMBERS);
const TUNNEL_TYPES = inverse<TunnelType>(TUNNEL_NUMBERS);

/** Everything about a server: what IPVS_CMD_NEW_DEST and IPVS_CMD_SET_DEST take. */
export function encodeDestination(server: Destination): DestValues {
  const { type, port, flags } = server.tunnel ?? PLAIN_TUNNEL;
  return {
    ADDR_FAMILY: FAMILY_NUMBERS[familyOf(server.address)],
    ADDR: addressBytes(server.address),
    PORT: server.port,
    FWD_METHOD: typeof server.forwarding === "number" ? server.forwarding : FORWARDING_NUMBERS[server.forwarding],
    WEIGHT: server.weight,
    TUN_TYPE: typeof type === "number" ? type : TUNNEL_NUMBERS[type],
    TUN_PORT: port,
    TUN_FLAGS: flags,
    U_THRESH: server.upperThreshold,
    L_THRESH: server.lowerThreshold,
  };
}

/** A whole record in which only the key means something: what ipvsadm 1.31 sends with IPVS_CMD_DEL_DEST. */
export function destinationReference({ address, port }: DestinationKey): Destination {
  return { address, port, forwarding: "route", weight: 1, upperThreshold: 0, lowerThreshold: 0 };
}

/** @param serviceFamily the family of servers in replies of kernels before 3.18, which do not say it */
export function decodeDestination(values: DestValues, serviceFamily: Family): LiveDestination {
  const { ADDR, PORT } = values;
  if (ADDR === undefined || PORT === undefined) throw new DecodeError("IPVS_DEST_ATTR_*: address or port is missing");
  const family =
    values.ADDR_FAMILY === undefined
      ? serviceFamily
      : familyFromNumber(values.ADDR_FAMILY, "IPVS_DEST_ATTR_ADDR_FAMILY");
  const forwarding = (values.FWD_METHOD ?? 0) & IP_VS_CONN_F_FWD_MASK;
  const tunnel = decodeTunnel(values);
  const stats = decodeStats(values);
  const server = {
    address: addressFromBytes(family, ADDR),
    port: PORT,
    forwarding: FORWARDING_METHODS.get(forwarding) ?? forwarding,
    weight: values.WEIGHT ?? 0,
    upperThreshold: values.U_THRESH ?? 0,
    lowerThreshold: values.L_THRESH ?? 0,
    activeConnections: values.ACTIVE_CONNS ?? 0,
    inactiveConnections: values.INACT_CONNS ?? 0,
    persistentConnections: values.PERSIST_CONNS ?? 0,
  };
  if (tunnel === undefined && stats === undefined) return server;
  return { ...server, ...(tunnel && { tunnel }), ...(stats && { stats }) };
}

function decodeTunnel({ TUN_TYPE = 0, TUN_PORT = 0, TUN_FLAGS = 0 }: DestValues): Tunnel | undefined {
  if (TUN_TYPE === 0 && TUN_PORT === 0 && TUN_FLAGS === 0) return undefined;
  return { type: TUNNEL_TYPES.get(TUN_TYPE) ?? TUN_TYPE, port: TUN_PORT, flags: TUN_FLAGS };
}

function inverse<Name>(numbers: Readonly<Record<string, number>>): ReadonlyMap<number, Name> {
  return new Map(Object.entries(numbers).map(([name, number]) => [number, name as Name]));
}

import { DecodeError } from "../errors.js";
import { addressBytes, addressFromBytes, type Family } from "../model/address.js";
import {
  FULL_NETMASK,
  IP_VS_SVC_F_HASHED,
  isFirewallMark,
  protocolNumber,
  protocolOf,
  type Service,
  type ServiceKey,
  serviceFamily,
} from "../model/service.js";
import type { SERVICE } from "./attributes.js";
import type { Values } from "./codec.js";
import { u32 } from "./codec.js";
import { AF_INET, AF_INET6 } from "./constants.js";
import { LITTLE_ENDIAN } from "./writer.js";

type ServiceValues = Values<(typeof SERVICE)["rows"]>;

export const FAMILY_NUMBERS: Readonly<Record<Family, number>> = { ipv4: AF_INET, ipv6: AF_INET6 };

/** The family behind an AF_* number. */
export function familyFromNumber(number: number | undefined, attribute: string): Family {
  if (number === AF_INET) return "ipv4";
  if (number === AF_INET6) return "ipv6";
  throw new DecodeError(number === undefined ? `${attribute} is missing` : `${attribute}: unknown family ${number}`);
}

/** The attributes that identify a service, and nothing else: what IPVS_CMD_GET_DEST takes. */
export function encodeServiceKey(key: ServiceKey): ServiceValues {
  return encoded(key, {});
}

/** All attributes of a service in one piece: objects put together of others cost ten times as much. */
function encoded(
  key: ServiceKey,
  { SCHED_NAME, PE_NAME, FLAGS, TIMEOUT, NETMASK }: Omit<ServiceValues, "AF" | "FWMARK" | "PROTOCOL" | "ADDR" | "PORT">,
): ServiceValues {
  const isMark = isFirewallMark(key);
  return {
    AF: FAMILY_NUMBERS[serviceFamily(key)],
    PROTOCOL: isMark ? undefined : protocolNumber(key.protocol),
    ADDR: isMark ? undefined : addressBytes(key.address),
    PORT: isMark ? undefined : key.port,
    FWMARK: isMark ? key.fwmark : undefined,
    SCHED_NAME,
    PE_NAME,
    FLAGS,
    TIMEOUT,
    NETMASK,
  };
}

/**
 * A whole record in which only the key means something: ipvsadm 1.31 sends it wherever a service is named. The kernel
 * looks at the key alone. Rule files name the same service again and again, so the last record is kept.
 */
export function encodeServiceReference(key: ServiceKey): ServiceValues {
  if (lastReference === undefined || !sameKey(lastReference.key, key)) {
    lastReference = { key, values: reference(key, netmaskBytes(FULL_NETMASK[serviceFamily(key)])) };
  }
  return lastReference.values;
}

let lastReference: { readonly key: ServiceKey; readonly values: ServiceValues } | undefined;

/** The same with an empty netmask, as 1.31 asks for one service. */
export function encodeServiceQuestion(key: ServiceKey): ServiceValues {
  return reference(key, new Uint8Array(4));
}

function reference(key: ServiceKey, NETMASK: Uint8Array): ServiceValues {
  return encoded(key, { SCHED_NAME: "", FLAGS: { flags: 0, mask: ALL_FLAGS }, TIMEOUT: 0, NETMASK });
}

function sameKey(a: ServiceKey, b: ServiceKey): boolean {
  if (isFirewallMark(a)) return isFirewallMark(b) && a.fwmark === b.fwmark && a.family === b.family;
  return !isFirewallMark(b) && a.address === b.address && a.port === b.port && a.protocol === b.protocol;
}

/** Everything about a service: what IPVS_CMD_NEW_SERVICE and IPVS_CMD_SET_SERVICE take. */
export function encodeService(service: Service): ServiceValues {
  return encoded(service, {
    SCHED_NAME: service.scheduler,
    PE_NAME: service.persistenceEngine,
    FLAGS: { flags: service.flags, mask: ALL_FLAGS },
    TIMEOUT: service.timeout,
    NETMASK: netmaskBytes(service.netmask),
  });
}

export function decodeService(values: ServiceValues): Service {
  const family = familyFromNumber(values.AF, "IPVS_SVC_ATTR_AF");
  const { FWMARK, PROTOCOL, ADDR, PORT, PE_NAME } = values;
  const scheduler = values.SCHED_NAME ?? "";
  const flags = ((values.FLAGS?.flags ?? 0) & ~IP_VS_SVC_F_HASHED) >>> 0;
  const timeout = values.TIMEOUT ?? 0;
  const netmask = decodeNetmask(values.NETMASK, family);
  // Each shape in one piece: objects put together of others cost ten times as much, and so does whoever reads them.
  if (FWMARK) {
    const service = { fwmark: FWMARK, family, scheduler, flags, timeout, netmask };
    return PE_NAME ? { ...service, persistenceEngine: PE_NAME } : service;
  }
  if (PROTOCOL === undefined || ADDR === undefined || PORT === undefined) {
    throw new DecodeError("IPVS_SVC_ATTR_*: neither a firewall mark nor protocol, address and port");
  }
  const protocol = protocolOf(PROTOCOL);
  const address = addressFromBytes(family, ADDR);
  const service = { protocol, address, port: PORT, scheduler, flags, timeout, netmask };
  return PE_NAME ? { ...service, persistenceEngine: PE_NAME } : service;
}

const ALL_FLAGS = 0xffffffff;

/** IPv4 bits in network order, or an IPv6 prefix length in host order. */
function netmaskBytes(netmask: string | number): Uint8Array {
  if (typeof netmask === "string") return addressBytes(netmask);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, netmask, LITTLE_ENDIAN);
  return bytes;
}

function decodeNetmask(bytes: Uint8Array | undefined, family: Family): string | number {
  if (bytes === undefined) return FULL_NETMASK[family];
  return family === "ipv4"
    ? addressFromBytes("ipv4", bytes)
    : u32.decode(Buffer.from(bytes.buffer, bytes.byteOffset, 4), 0, 4);
}

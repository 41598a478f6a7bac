import { AttributeTable, be16, bytes, counter32, cstring, flags, type Rows, u8, u16, u32, u64 } from "./codec.js";

/**
 * The IPVS family as tables (`<linux/ip_vs.h>`): per attribute its kernel name less the prefix, its number and its
 * payload. Rows stand in the order in which ipvsadm 1.31 sends them, so that the bytes are the same.
 */

const counters = <Packets extends Rows[string][1], Bytes extends Rows[string][1]>(packets: Packets, octets: Bytes) =>
  ({
    CONNS: [1, packets],
    INPKTS: [2, packets],
    OUTPKTS: [3, packets],
    INBYTES: [4, octets],
    OUTBYTES: [5, octets],
    CPS: [6, packets],
    INPPS: [7, packets],
    OUTPPS: [8, packets],
    INBPS: [9, packets],
    OUTBPS: [10, packets],
  }) as const;

/** Statistics of kernels before 4.1: 32 bits, but for the byte counters. */
export const STATS = new AttributeTable("IPVS_STATS_ATTR_", counters(counter32, u64));
export const STATS64 = new AttributeTable("IPVS_STATS_ATTR_", counters(u64, u64));

export const SERVICE = new AttributeTable("IPVS_SVC_ATTR_", {
  AF: [1, u16],
  FWMARK: [5, u32],
  PROTOCOL: [2, u16],
  ADDR: [3, bytes(16)],
  PORT: [4, be16],
  SCHED_NAME: [6, cstring],
  PE_NAME: [11, cstring],
  FLAGS: [7, flags],
  TIMEOUT: [8, u32],
  /** Network order bits for IPv4, host order prefix length for IPv6. */
  NETMASK: [9, bytes(4)],
  STATS: [10, STATS],
  STATS64: [12, STATS64],
});

export const DEST = new AttributeTable("IPVS_DEST_ATTR_", {
  ADDR_FAMILY: [11, u16],
  ADDR: [1, bytes(16)],
  PORT: [2, be16],
  FWD_METHOD: [3, u32],
  WEIGHT: [4, u32],
  TUN_TYPE: [13, u8],
  TUN_PORT: [14, be16],
  TUN_FLAGS: [15, u16],
  U_THRESH: [5, u32],
  L_THRESH: [6, u32],
  ACTIVE_CONNS: [7, u32],
  INACT_CONNS: [8, u32],
  PERSIST_CONNS: [9, u32],
  STATS: [10, STATS],
  STATS64: [12, STATS64],
});

export const DAEMON = new AttributeTable("IPVS_DAEMON_ATTR_", {
  STATE: [1, u32],
  MCAST_IFN: [2, cstring],
  SYNC_ID: [3, u32],
  SYNC_MAXLEN: [4, u16],
  /** Host order, unlike every other port. */
  MCAST_PORT: [7, u16],
  MCAST_TTL: [8, u8],
  MCAST_GROUP6: [6, bytes(16)],
  MCAST_GROUP: [5, bytes(4)],
});

/** The top level of every request and of every reply but one. */
export const COMMAND = new AttributeTable("IPVS_CMD_ATTR_", {
  SERVICE: [1, SERVICE],
  DEST: [2, DEST],
  DAEMON: [3, DAEMON],
  TIMEOUT_TCP: [4, u32],
  TIMEOUT_TCP_FIN: [5, u32],
  TIMEOUT_UDP: [6, u32],
});

/** `COMMAND` for readers that do not look at statistics. */
export const COMMAND_WITHOUT_STATS = new AttributeTable("IPVS_CMD_ATTR_", {
  SERVICE: [1, SERVICE.without("STATS", "STATS64")],
  DEST: [2, DEST.without("STATS", "STATS64")],
});

/** What replies about services and servers are decoded with. */
export const replyTable = (stats: boolean): typeof COMMAND =>
  stats ? COMMAND : (COMMAND_WITHOUT_STATS as unknown as typeof COMMAND);

/** The top level of the reply to IPVS_CMD_GET_INFO, whose numbers mean something else. */
export const INFO = new AttributeTable("IPVS_INFO_ATTR_", {
  VERSION: [1, u32],
  CONN_TAB_SIZE: [2, u32],
});

/** What is used of the generic netlink controller (`<linux/genetlink.h>`). */
export const CONTROL = new AttributeTable("CTRL_ATTR_", {
  FAMILY_NAME: [2, cstring],
  FAMILY_ID: [1, u16],
});

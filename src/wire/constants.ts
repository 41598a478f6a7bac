/**
 * Numbers of the wire: netlink (`<linux/netlink.h>`), generic netlink (`<linux/genetlink.h>`) and the commands of the
 * IPVS family (`<linux/ip_vs.h>`), under their kernel names.
 */

export const NETLINK_GENERIC = 16;

/** Length of `struct nlmsghdr`, of `struct genlmsghdr` and of an attribute's header. */
export const NLMSG_HDRLEN = 16;
export const GENL_HDRLEN = 4;
export const NLA_HDRLEN = 4;

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

export const NLM_F_REQUEST = 0x01;
export const NLM_F_MULTI = 0x02;
export const NLM_F_ACK = 0x04;
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP = 0x300;

/** The bit that marks an attribute as a container, and the mask that takes flag bits off its type. */
export const NLA_F_NESTED = 0x8000;
export const NLA_TYPE_MASK = 0x3fff;

export const GENL_ID_CTRL = 16;
export const CTRL_CMD_GETFAMILY = 3;

export const IPVS_GENL_NAME = "IPVS";
export const IPVS_GENL_VERSION = 1;

export const IPVS_CMD_NEW_SERVICE = 1;
export const IPVS_CMD_SET_SERVICE = 2;
export const IPVS_CMD_DEL_SERVICE = 3;
export const IPVS_CMD_GET_SERVICE = 4;
export const IPVS_CMD_NEW_DEST = 5;
export const IPVS_CMD_SET_DEST = 6;
export const IPVS_CMD_DEL_DEST = 7;
export const IPVS_CMD_GET_DEST = 8;
export const IPVS_CMD_NEW_DAEMON = 9;
export const IPVS_CMD_DEL_DAEMON = 10;
export const IPVS_CMD_GET_DAEMON = 11;
export const IPVS_CMD_SET_CONFIG = 12;
export const IPVS_CMD_GET_CONFIG = 13;
export const IPVS_CMD_SET_INFO = 14;
export const IPVS_CMD_GET_INFO = 15;
export const IPVS_CMD_ZERO = 16;
export const IPVS_CMD_FLUSH = 17;

/** Kernel names of the commands, for errors. */
export const IPVS_COMMAND_NAMES: readonly string[] = [
  "IPVS_CMD_UNSPEC",
  "IPVS_CMD_NEW_SERVICE",
  "IPVS_CMD_SET_SERVICE",
  "IPVS_CMD_DEL_SERVICE",
  "IPVS_CMD_GET_SERVICE",
  "IPVS_CMD_NEW_DEST",
  "IPVS_CMD_SET_DEST",
  "IPVS_CMD_DEL_DEST",
  "IPVS_CMD_GET_DEST",
  "IPVS_CMD_NEW_DAEMON",
  "IPVS_CMD_DEL_DAEMON",
  "IPVS_CMD_GET_DAEMON",
  "IPVS_CMD_SET_CONFIG",
  "IPVS_CMD_GET_CONFIG",
  "IPVS_CMD_SET_INFO",
  "IPVS_CMD_GET_INFO",
  "IPVS_CMD_ZERO",
  "IPVS_CMD_FLUSH",
];

export const AF_INET = 2;
export const AF_INET6 = 10;

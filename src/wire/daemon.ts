import { DecodeError } from "../errors.js";
import { addressBytes, addressFromBytes, familyOf } from "../model/address.js";
import { DAEMON_STATE_NUMBERS, type Daemon, type DaemonState } from "../model/settings.js";
import type { DAEMON } from "./attributes.js";
import type { Values } from "./codec.js";

type DaemonValues = Values<(typeof DAEMON)["rows"]>;

export function encodeDaemon(daemon: Daemon): DaemonValues {
  const group = daemon.multicastGroup;
  return {
    STATE: DAEMON_STATE_NUMBERS[daemon.state],
    MCAST_IFN: daemon.interface,
    SYNC_ID: daemon.syncId,
    SYNC_MAXLEN: daemon.syncMaxLength,
    MCAST_PORT: daemon.multicastPort,
    MCAST_TTL: daemon.multicastTtl,
    ...(group && { [familyOf(group) === "ipv6" ? "MCAST_GROUP6" : "MCAST_GROUP"]: addressBytes(group) }),
  };
}

/** What ipvsadm 1.31 sends with IPVS_CMD_DEL_DAEMON; the kernel looks at the state alone. */
export function encodeDaemonReference(state: DaemonState, syncId: number): DaemonValues {
  return encodeDaemon({ state, interface: "", syncId });
}

export function decodeDaemon(values: DaemonValues): Daemon {
  const { SYNC_MAXLEN, MCAST_PORT, MCAST_TTL, MCAST_GROUP, MCAST_GROUP6 } = values;
  const group = MCAST_GROUP6
    ? addressFromBytes("ipv6", MCAST_GROUP6)
    : MCAST_GROUP && addressFromBytes("ipv4", MCAST_GROUP);
  return {
    state: decodeState(values.STATE),
    interface: values.MCAST_IFN ?? "",
    syncId: values.SYNC_ID ?? 0,
    ...(SYNC_MAXLEN !== undefined && { syncMaxLength: SYNC_MAXLEN }),
    ...(group !== undefined && { multicastGroup: group }),
    ...(MCAST_PORT !== undefined && { multicastPort: MCAST_PORT }),
    ...(MCAST_TTL !== undefined && { multicastTtl: MCAST_TTL }),
  };
}

function decodeState(number: number | undefined): DaemonState {
  if (number === DAEMON_STATE_NUMBERS.master) return "master";
  if (number === DAEMON_STATE_NUMBERS.backup) return "backup";
  throw new DecodeError(`IPVS_DAEMON_ATTR_STATE: unknown state ${number}`);
}

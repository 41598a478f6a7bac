import { errnoText } from "../errno.js";
import type { KernelError } from "../errors.js";
import { own } from "../model/own.js";

/** ipvsadm 1.31's words for error numbers that mean the same everywhere. */
const GENERAL: Readonly<Record<string, string>> = {
  EPERM: "Permission denied (you must be root)",
  EINVAL: "Invalid operation.  Possibly wrong module version, address not unicast, ...",
  ENOPROTOOPT: "Protocol not available",
  ENOMEM: "Memory allocation problem",
  EOPNOTSUPP: "Operation not supported with IPv6",
  EAFNOSUPPORT: "Operation not supported with specified address family",
  EMSGSIZE: "Module is wrong version",
  // Ours: 1.31 does not meet it.
  ENOBUFS: "The kernel had no memory for its answer: this may have been done or not",
};

const NO_SERVICE = { ESRCH: "No such service" };
const NO_SCHEDULER = { ENOENT: "Scheduler or persistence engine not found" };
const NO_DESTINATION = { ESRCH: "Service not defined", ENOENT: "No such destination" };

/** Its words for error numbers that depend on the operation. */
const BY_OPERATION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  IPVS_CMD_NEW_SERVICE: { EEXIST: "Service already exists", ...NO_SCHEDULER },
  IPVS_CMD_SET_SERVICE: { ...NO_SERVICE, ...NO_SCHEDULER },
  IPVS_CMD_DEL_SERVICE: NO_SERVICE,
  IPVS_CMD_GET_SERVICE: NO_SERVICE,
  IPVS_CMD_ZERO: NO_SERVICE,
  IPVS_CMD_NEW_DEST: { ESRCH: "Service not defined", EEXIST: "Destination already exists" },
  IPVS_CMD_SET_DEST: NO_DESTINATION,
  IPVS_CMD_DEL_DEST: NO_DESTINATION,
  IPVS_CMD_NEW_DAEMON: { EEXIST: "Daemon has already run" },
  IPVS_CMD_DEL_DAEMON: { ESRCH: "No daemon is running" },
};

/** What ipvsadm 1.31 prints when the kernel refuses an operation, without the line end. */
export function refusalText({ operation, code, errno }: KernelError): string {
  return own(own(BY_OPERATION, operation) ?? {}, code) ?? own(GENERAL, code) ?? errnoText(errno);
}

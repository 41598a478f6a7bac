import { DecodeError } from "../errors.js";
import { CONTROL } from "../wire/attributes.js";
import { CTRL_CMD_GETFAMILY, NLM_F_ACK, NLM_F_REQUEST, NLMSG_ERROR } from "../wire/constants.js";
import type { Datagram } from "../wire/datagram.js";
import { attributesOf, messageErrno } from "../wire/message.js";
import { getInfo, type Request } from "../wire/requests.js";
import { ENOBUFS, type Exchange, kernelError, mayGoUnanswered } from "./exchange.js";

/** Reads attributes that lie in `bytes`. */
export type Decode<T> = (bytes: Buffer, offset: number, length: number) => T;

/** How often a question is asked whose answer the kernel has no memory for. */
const TRIES = 10;

/**
 * One request; ends with its reply, absent when there is none but the acknowledgement, or with KernelError.
 *
 * @param decode reads the answer to a question; absent: the request is a change
 */
export function ask<T>(request: Request, decode?: Decode<T>): Exchange<T | undefined> {
  let tries = 0;
  let reply: T | undefined;
  let sequence = 0;
  /** Sequence number of the request whose acknowledgement stands in for a missing one. */
  let witness: number | undefined;
  const begin = (datagram: Datagram) => {
    sequence = datagram.add(request, NLM_F_REQUEST | NLM_F_ACK);
    if (mayGoUnanswered(request)) witness = datagram.add(getInfo(), NLM_F_REQUEST | NLM_F_ACK);
  };
  return {
    begin,
    receive(message) {
      if (message.sequence === witness && message.type === NLMSG_ERROR) return { value: reply };
      if (message.sequence !== sequence) return undefined;
      if (message.type !== NLMSG_ERROR) {
        reply = decode?.(...attributesOf(message));
        return undefined;
      }
      const errno = messageErrno(message);
      if (errno !== 0) throw kernelError(request.command, errno);
      return { value: reply };
    },
    lost(datagram) {
      if (decode === undefined || ++tries === TRIES) throw kernelError(request.command, ENOBUFS);
      begin(datagram);
      return undefined;
    },
  };
}

/** Asks the generic netlink controller for the number of the IPVS family. */
export function askFamily(): Exchange<number> {
  let family: number | undefined;
  return {
    begin(datagram) {
      datagram.addFamilyQuestion();
    },
    receive(message) {
      if (message.type !== NLMSG_ERROR) {
        family = CONTROL.decode(...attributesOf(message)).FAMILY_ID;
        return undefined;
      }
      const errno = messageErrno(message);
      if (errno !== 0) throw kernelError(CTRL_CMD_GETFAMILY, errno, "CTRL_CMD_GETFAMILY");
      if (family === undefined) throw new DecodeError("CTRL_ATTR_FAMILY_ID is missing");
      return { value: family };
    },
  };
}

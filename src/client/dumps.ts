import { TransportError } from "../errors.js";
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_INTR, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR } from "../wire/constants.js";
import type { Datagram } from "../wire/datagram.js";
import { type MessageReader, messageErrno } from "../wire/message.js";
import type { Request } from "../wire/requests.js";
import { type Exchange, kernelError, operationName } from "./exchange.js";

/** Receives the messages of dumps. */
export interface DumpSink {
  /** A dump begins; anew, if the kernel's table changed under it: what has come of it is void and comes again. */
  begin(index: number): void;
  /** Takes one message, and those that it reads behind it. */
  message(message: MessageReader, index: number): void;
}

/** Device or resource busy: a dump that was given up, because answers were lost, still goes on. */
const EBUSY = 16;

/** How often an interrupted dump is tried in all before it counts as a failure. */
const TRIES = 10;

/**
 * Dumps one after the other, each asked for as soon as the one before has ended. Ends with KernelError for a dump that ends
 * in an error, and with TransportError for one that the kernel keeps interrupting.
 *
 * @param requests at least one
 * @param begun whether an earlier dump may still go on, whose messages nobody has read
 */
export function dumps(requests: readonly Request[], sink: DumpSink, begun = false): Exchange<void> {
  let index = 0;
  let tries = begun ? 1 : 0;
  let sequence = 0;
  let interrupted = false;
  /** The kernel has refused a dump and will take it when an earlier one has ended. */
  let blocked = false;
  const start = (datagram: Datagram) => {
    interrupted = false;
    blocked = false;
    sink.begin(index);
    sequence = datagram.add(requests[index]!, NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP);
  };
  /** Makes the next dump the present one, or the same one again; false when there is none. */
  const advance = (): boolean => {
    if (interrupted) {
      if (++tries === TRIES) {
        throw new TransportError(`${operationName(requests[index]!.command)}: interrupted ${tries} times`, "EINTR");
      }
      return true;
    }
    tries = 0;
    return ++index < requests.length;
  };
  return {
    begin: start,
    receive(message, datagram) {
      if (message.sequence !== sequence) {
        if (blocked && message.type === NLMSG_DONE) start(datagram);
        return undefined;
      }
      if (message.flags & NLM_F_DUMP_INTR) interrupted = true;
      if (message.type !== NLMSG_DONE && message.type !== NLMSG_ERROR) {
        sink.message(message, index);
        return undefined;
      }
      const errno = messageErrno(message);
      if (errno === EBUSY && tries > 0) {
        blocked = true;
        return undefined;
      }
      if (errno !== 0) throw kernelError(requests[index]!.command, errno);
      if (!advance()) return { value: undefined };
      start(datagram);
      return undefined;
    },
    lost(datagram) {
      interrupted = true;
      advance();
      start(datagram);
      return undefined;
    },
  };
}

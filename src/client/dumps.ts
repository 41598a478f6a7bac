import { TransportError } from "../errors.js";
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_INTR, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR } from "../wire/constants.js";
import { attributesOf, messageErrno } from "../wire/message.js";
import type { Request } from "../wire/requests.js";
import { kernelError, type MakeExchange, operationName } from "./exchange.js";

/** Receives the messages of a dump. */
export interface DumpSink {
  /** Attributes of one message. */
  message(bytes: Buffer, offset: number, length: number): void;
  /** The kernel's table changed under the dump: what came so far is void and comes again. */
  restart(): void;
}

/** How often an interrupted dump is tried in all before it counts as a failure. */
const TRIES = 10;

/**
 * Dumps one after the other, each started from within the answer to the one before, since a socket can run only one. Ends
 * with KernelError for a dump that ends in an error, and with TransportError for one that the kernel keeps interrupting.
 *
 * @param requests at least one
 * @param sinks gives the reader of each request's messages
 */
export function dumps(requests: readonly Request[], sinks: (index: number) => DumpSink): MakeExchange<void> {
  return (outbox, resolve, reject) => {
    let index = 0;
    let tries = 0;
    let sequence = 0;
    let interrupted = false;
    let sink: DumpSink;
    const begin = () => {
      interrupted = false;
      sequence = outbox.send(requests[index]!, NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP);
    };
    /** Ends one dump; true when it was the last. */
    const end = (): boolean => {
      if (interrupted) {
        if (++tries === TRIES) {
          reject(new TransportError(`${operationName(requests[index]!.command)}: interrupted ${tries} times`, "EINTR"));
          return true;
        }
        sink.restart();
      } else {
        tries = 0;
        if (++index === requests.length) {
          resolve();
          return true;
        }
        sink = sinks(index);
      }
      begin();
      return false;
    };
    return {
      start: () => {
        sink = sinks(0);
        begin();
      },
      receive: (message) => {
        if (message.sequence !== sequence) return false;
        if (message.flags & NLM_F_DUMP_INTR) interrupted = true;
        if (message.type !== NLMSG_DONE && message.type !== NLMSG_ERROR) {
          sink.message(...attributesOf(message));
          return false;
        }
        const errno = messageErrno(message);
        if (errno === 0) return end();
        reject(kernelError(requests[index]!.command, errno));
        return true;
      },
      fail: reject,
    };
  };
}

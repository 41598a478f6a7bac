import { errnoCode } from "../errno.js";
import { KernelError } from "../errors.js";
import { IPVS_CMD_DEL_DAEMON, IPVS_COMMAND_NAMES, NLM_F_ACK, NLM_F_REQUEST, NLMSG_ERROR } from "../wire/constants.js";
import { attributesOf, type Message, messageErrno } from "../wire/message.js";
import { getInfo, type Request } from "../wire/requests.js";
import type { Outbox } from "./outbox.js";

/** Something that is going on with the kernel: it gets every message until it says that it is done. */
export interface Exchange {
  start(): void;
  /** True when nothing more is expected. */
  receive(message: Message): boolean;
  fail(error: Error): void;
}

/** Makes an exchange that sends through `outbox` and ends by resolving or rejecting. */
export type MakeExchange<T> = (outbox: Outbox, resolve: (value: T) => void, reject: (error: Error) => void) => Exchange;

/** Reads attributes that lie in `bytes`. */
export type Decode<T> = (bytes: Buffer, offset: number, length: number) => T;

/** One request; ends with its reply, absent when there is none but the acknowledgement. */
export function ask<T>(request: Request, decode: Decode<T>): MakeExchange<T | undefined> {
  return (outbox, resolve, reject) => {
    let reply: T | undefined;
    let sequence = 0;
    /** Sequence number of the request whose acknowledgement stands in for a missing one. */
    let witness: number | undefined;
    return {
      start: () => {
        sequence = outbox.add(request, NLM_F_REQUEST | NLM_F_ACK);
        if (mayGoUnanswered(request)) witness = outbox.add(getInfo(), NLM_F_REQUEST | NLM_F_ACK);
        outbox.flush();
      },
      receive: (message) => {
        if (message.sequence === witness && message.type === NLMSG_ERROR) {
          resolve(reply);
          return true;
        }
        if (message.sequence !== sequence) return false;
        if (message.type !== NLMSG_ERROR) {
          reply = decode(...attributesOf(message));
          return false;
        }
        const errno = messageErrno(message);
        if (errno === 0) resolve(reply);
        else reject(kernelError(request.command, errno));
        return true;
      },
      fail: reject,
    };
  };
}

/**
 * True for a request that the kernel may carry out without a word: stopping a sync daemon whose thread has not run yet ends
 * in EINTR, for which netlink sends no acknowledgement. A request behind it tells when it is done.
 */
export function mayGoUnanswered({ command }: Request): boolean {
  return command === IPVS_CMD_DEL_DAEMON;
}

/** `IPVS_CMD_NEW_SERVICE` for 1. */
export function operationName(command: number): string {
  return IPVS_COMMAND_NAMES[command] ?? `IPVS_CMD_${command}`;
}

export function kernelError(command: number, errno: number, operation = operationName(command)): KernelError {
  return new KernelError(operation, errno, errnoCode(errno));
}

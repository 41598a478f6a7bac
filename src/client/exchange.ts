import { errnoCode } from "../errno.js";
import { KernelError } from "../errors.js";
import { IPVS_CMD_DEL_DAEMON, IPVS_COMMAND_NAMES } from "../wire/constants.js";
import type { Datagram } from "../wire/datagram.js";
import type { MessageReader } from "../wire/message.js";
import type { Request } from "../wire/requests.js";
import type { DatagramCalls } from "./datagram-calls.js";

/**
 * One thing that is asked of the kernel, from the first request to the last message that answers it. Knows no socket: it puts
 * requests into a datagram, which the transport sends, and takes messages.
 */
export interface Exchange<T> {
  /**
   * Does as much as can be done without waiting, by the system calls of the socket, which it has to itself. Returns the outcome if that
   * was all. Absent: nothing. Where there are no such calls to be had, it is left out.
   */
  atOnce?(datagram: Datagram, calls: DatagramCalls): Outcome<T> | undefined;
  /** Adds the first requests. */
  begin(datagram: Datagram): void;
  /**
   * Takes a message, and those that it reads behind it, and may add further requests. Returns the outcome when nothing more is expected; throws when the exchange
   * has failed. Messages that belong to no request of this exchange are ignored.
   */
  receive(message: MessageReader, datagram: Datagram): Outcome<T> | undefined;
  /**
   * Takes notice that the kernel had no memory for some answers: those that are not here by now do not come. What it carried out
   * it carried out all the same. As `receive` otherwise; absent: the exchange has failed.
   */
  lost?(datagram: Datagram): Outcome<T> | undefined;
  /** Says how far the exchange came before an error; absent: the error says all. */
  explain?(error: Error): Error;
}

/** What an exchange was for. */
export interface Outcome<T> {
  readonly value: T;
}

/**
 * True for a request that the kernel may carry out without an answer: stopping a sync daemon whose thread has not run yet ends
 * in EINTR, for which netlink sends no acknowledgement. A request behind it tells when it is done.
 */
export function mayGoUnanswered({ command }: Request): boolean {
  return command === IPVS_CMD_DEL_DAEMON;
}

/** No buffer space available: what becomes of a request whose answer was lost. It may have been carried out, or refused. */
export const ENOBUFS = 105;

/** `IPVS_CMD_NEW_SERVICE` for 1. */
export function operationName(command: number): string {
  return IPVS_COMMAND_NAMES[command] ?? `IPVS_CMD_${command}`;
}

/** What the kernel's refusal of a command becomes. */
export function kernelError(command: number, errno: number, operation = operationName(command)): KernelError {
  return new KernelError(operation, errno, errnoCode(errno));
}

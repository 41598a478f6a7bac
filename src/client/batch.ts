import { type KernelError, TransportError } from "../errors.js";
import { NLMSG_ERROR } from "../wire/constants.js";
import type { Datagram } from "../wire/datagram.js";
import { messageErrno } from "../wire/message.js";
import { getInfo, type Request } from "../wire/requests.js";
import { ENOBUFS, type Exchange, kernelError, mayGoUnanswered, type Outcome } from "./exchange.js";

/** A request of a batch that the kernel refused. */
export interface Refusal {
  /** Position in the batch, counted from 0. */
  readonly index: number;
  /** Code ENOBUFS: the answer was lost, so the request may have been carried out or not; only the table can tell. */
  readonly error: KernelError;
}

/** What became of a batch. */
export interface BatchResult {
  /** Requests that were sent; less than the batch only when it was aborted. */
  readonly sent: number;
  /** The refused ones, in order; all others were applied. */
  readonly refusals: readonly Refusal[];
}

/**
 * Many requests, in order, many per datagram. The kernel goes on after a refused one. Only the last of a datagram asks for
 * an acknowledgement, since refusals are always answered.
 *
 * @param first the first request
 * @param rest those after it
 * @param signal when aborted, the datagram under way is finished and no other is sent
 */
export function batch(first: Request, rest: Iterator<Request>, signal?: AbortSignal): Exchange<BatchResult> {
  const refusals: Refusal[] = [];
  /** What the datagram under way holds, beginning with the sequence number `start`. */
  const commands: number[] = [];
  let start = 0;
  let sent = 0;
  /** Positions in it that were refused so far. */
  const answered = new Set<number>();
  /** Sequence number of the request that asks for the acknowledgement: the last one, or one behind it. */
  let end = 0;
  let next: IteratorResult<Request> = { value: first };
  const fill = (datagram: Datagram) => {
    commands.length = 0;
    answered.clear();
    let last = first;
    while (!next.done && (last.withNext || !datagram.full)) {
      last = next.value;
      end = datagram.add(last);
      commands.push(last.command);
      next = rest.next();
    }
    start = end - commands.length + 1;
    if (mayGoUnanswered(last)) end = datagram.add(getInfo());
    datagram.acknowledgeLast();
  };
  const refuse = (position: number, errno: number) => {
    answered.add(position);
    refusals.push({ index: sent + position, error: kernelError(commands[position]!, errno) });
  };
  /** The datagram under way is done. */
  const goOn = (datagram: Datagram): Outcome<BatchResult> | undefined => {
    sent += commands.length;
    if (next.done || signal?.aborted) return { value: { sent, refusals } };
    fill(datagram);
    return undefined;
  };
  return {
    begin: fill,
    receive(message, datagram) {
      const position = message.sequence - start;
      if (message.type !== NLMSG_ERROR || position < 0 || message.sequence > end) return undefined;
      const errno = messageErrno(message);
      if (errno !== 0 && position < commands.length) refuse(position, errno);
      return message.sequence < end ? undefined : goOn(datagram);
    },
    lost(datagram) {
      for (const position of commands.keys()) if (!answered.has(position)) refuse(position, ENOBUFS);
      return goOn(datagram);
    },
    explain: (error) => halfWay(error, sent, commands.length),
  };
}

/** Says how far a batch came before the socket failed. */
function halfWay(error: Error & { code?: unknown }, sent: number, underWay: number): TransportError {
  return new TransportError(
    `${error.message}; ${sent} changes had been answered by then, up to ${underWay} more may have been made`,
    typeof error.code === "string" ? error.code : undefined,
  );
}

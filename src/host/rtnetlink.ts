import type { NetlinkSocket } from "../client/netlink-socket.js";
import { openSocket } from "../client/socket.js";
import { errnoCode } from "../errno.js";
import {
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
} from "../wire/constants.js";
import { type Message, messageErrno, readMessages, writeMessage } from "../wire/message.js";
import { Writer } from "../wire/writer.js";
import { HostError } from "./host.js";

const NETLINK_ROUTE = 0;

/** How long the kernel may take for an answer, in milliseconds; it never does unless something is broken. */
const TIMEOUT = 10_000;

/** Questions under way at once: their answers must fit the receive buffer. */
const CONCURRENCY = 32;

/** How often a dump is tried that the kernel interrupts because its table changed. */
const DUMP_TRIES = 5;

/** What the kernel answered: the payload of a message, or why not, as in errno(3). */
export type Answer = Buffer | { readonly errno: number };

/** All that came in answer to one question. */
interface Reply {
  readonly answers: readonly Answer[];
  /** Whether the kernel's table changed meanwhile. */
  readonly interrupted: boolean;
}

/** A question under way. */
interface Question {
  receive(message: Message): void;
  fail(error: Error): void;
}

/** Questions to rtnetlink(7). */
export class RtNetlink {
  readonly #socket: NetlinkSocket;
  readonly #out = new Writer();
  /** By their sequence numbers. */
  readonly #questions = new Map<number, Question>();
  #sequence = 0;

  constructor() {
    try {
      const receiver = {
        message: this.#receive.bind(this),
        lost: () => this.#fail(new Error("the kernel had no memory for its answers")),
        error: this.#fail.bind(this),
      };
      this.#socket = openSocket(receiver, NETLINK_ROUTE);
    } catch (error) {
      throw new HostError(`rtnetlink: ${(error as Error).message}`);
    }
  }

  close(): void {
    this.#socket.close();
  }

  /** One answer per question, in order. */
  async ask(type: number, questions: readonly Uint8Array[]): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let at = 0; at < questions.length; at += CONCURRENCY) {
      const batch = questions.slice(at, at + CONCURRENCY);
      answers.push(...(await Promise.all(batch.map((question) => this.#one(type, question)))));
    }
    return answers;
  }

  /** The payloads of all messages of a dump. */
  async dump(type: number, question: Uint8Array): Promise<Buffer[]> {
    for (let attempt = 1; ; attempt++) {
      const { answers, interrupted } = await this.#request(type, question, NLM_F_DUMP);
      if (!interrupted) return answers.map(payloadOf);
      if (attempt === DUMP_TRIES) throw new HostError("rtnetlink: the table keeps changing while it is read");
    }
  }

  async #one(type: number, question: Uint8Array): Promise<Answer> {
    const { answers } = await this.#request(type, question, NLM_F_ACK);
    if (answers[0] === undefined) throw new HostError("rtnetlink: an answer without content");
    return answers[0];
  }

  #request(type: number, payload: Uint8Array, flags: number): Promise<Reply> {
    const sequence = ++this.#sequence;
    return new Promise<Reply>((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#questions.delete(sequence);
      };
      const fail = (error: Error) => {
        end();
        reject(error instanceof HostError ? error : new HostError(`rtnetlink: ${error.message}`));
      };
      const timer = setTimeout(() => fail(new Error("no answer")), TIMEOUT);
      const collected = collect((reply) => {
        end();
        resolve(reply);
      });
      this.#questions.set(sequence, { receive: collected, fail });
      this.#out.reset();
      writeMessage(this.#out, type, sequence, NLM_F_REQUEST | flags, payload);
      try {
        this.#socket.send(this.#out.bytes);
      } catch (error) {
        fail(error as Error);
      }
    });
  }

  /** What answers no question, such as the acknowledgement behind an answer, is ignored. */
  #receive(bytes: Buffer): void {
    try {
      for (const message of readMessages(bytes)) this.#questions.get(message.sequence)?.receive(message);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    for (const question of [...this.#questions.values()]) question.fail(error);
  }
}

/** Takes the messages that answer a question until one is the last. */
function collect(done: (reply: Reply) => void): (message: Message) => void {
  const answers: Answer[] = [];
  let interrupted = false;
  return (message) => {
    if (message.flags & NLM_F_DUMP_INTR) interrupted = true;
    const errno = message.type === NLMSG_ERROR || message.type === NLMSG_DONE ? errnoOf(message) : undefined;
    if (errno === undefined) answers.push(Buffer.from(payload(message)));
    else if (errno !== 0) answers.push({ errno });
    if (errno !== undefined || !(message.flags & NLM_F_MULTI)) done({ answers, interrupted });
  };
}

function payload({ bytes, offset, length }: Message): Buffer {
  return bytes.subarray(offset, offset + length);
}

/** The number that `struct nlmsgerr` begins with; at the end of a dump it may be absent. */
function errnoOf(message: Message): number {
  if (message.type === NLMSG_ERROR && message.length < 4) {
    throw new HostError("rtnetlink: an error message without its number");
  }
  return messageErrno(message);
}

function payloadOf(answer: Answer): Buffer {
  if (Buffer.isBuffer(answer)) return answer;
  throw new HostError(`rtnetlink: ${errnoCode(answer.errno)}`);
}

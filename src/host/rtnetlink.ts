import "../client/no-prebuild.js";
import { createNetlink, type NetlinkSocket } from "netlink/dist/netlink.js";
import { errnoCode } from "../errno.js";
import { i32 } from "../wire/codec.js";
import { NLM_F_DUMP, NLM_F_DUMP_INTR, NLMSG_ERROR } from "../wire/constants.js";
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

/**
 * Questions to rtnetlink(7). The netlink package runs the conversation; attributes are read with this project's own
 * tables, since the package's rejects some that kernels do send (RTA_VIA of an IPv4 route with an IPv6 gateway) and turns
 * error numbers into prose.
 */
export class RtNetlink {
  readonly #socket: NetlinkSocket;
  #failure: Error | undefined;

  constructor() {
    try {
      this.#socket = createNetlink(NETLINK_ROUTE);
    } catch (error) {
      throw new HostError(`rtnetlink: ${(error as Error).message}`);
    }
    this.#socket.on("error", (error) => {
      this.#failure = error;
    });
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
      const messages = await this.#request(type, question, NLM_F_DUMP);
      const [first] = messages;
      if (first?.type === NLMSG_ERROR) throw new HostError(`rtnetlink: ${errnoCode(errnoOf(first.data))}`);
      if (!messages.some(({ flags }) => flags & NLM_F_DUMP_INTR)) return messages.map(({ data }) => data);
      if (attempt === DUMP_TRIES) throw new HostError("rtnetlink: the table keeps changing while it is read");
    }
  }

  async #one(type: number, question: Uint8Array): Promise<Answer> {
    const [message] = await this.#request(type, question, 0);
    if (message === undefined) throw new HostError("rtnetlink: an answer without content");
    return message.type === NLMSG_ERROR ? { errno: errnoOf(message.data) } : message.data;
  }

  async #request(type: number, question: Uint8Array, flags: number) {
    try {
      const [messages] = await this.#socket.request(type, question, { flags, timeout: TIMEOUT, checkError: false });
      return messages;
    } catch (error) {
      throw new HostError(`rtnetlink: ${(this.#failure ?? (error as Error)).message}`);
    }
  }
}

/** Positive, from the negative number that `struct nlmsgerr` begins with. */
function errnoOf(data: Buffer): number {
  if (data.length < 4) throw new HostError("rtnetlink: an error message without its number");
  return -i32.decode(data, 0, 4);
}

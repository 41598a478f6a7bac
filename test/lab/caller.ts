import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Host } from "./host.js";
import { type Answer, parseAnswer } from "./requests.js";

const program = fileURLToPath(new URL("client.js", import.meta.url));

/** Where a group of connections goes. */
export interface Target {
  readonly address: string;
  readonly port: number;
  /** Addresses of the client, one for each connection. */
  readonly from: readonly string[];
}

/** What a transfer came to, in bytes: all that come back are what was sent. */
export interface Transferred {
  readonly sent: number;
  readonly returned: number;
}

/** A client with connections that last (see client.js), in one process, however many they are. */
export class Caller {
  readonly #say: (command: object) => void;
  readonly #answers: AsyncIterator<string>;

  constructor(readonly host: Host) {
    const child = host.start([process.execPath, program]);
    this.#say = (command) => child.stdin!.write(`${JSON.stringify(command)}\n`);
    this.#answers = createInterface(child.stdout!)[Symbol.asyncIterator]();
  }

  async #ask<T>(command: object): Promise<T[]> {
    this.#say(command);
    const { done, value } = await this.#answers.next();
    if (done) throw new Error(`the client ended at ${JSON.stringify(command)}`);
    return JSON.parse(value);
  }

  /** Opens connections to echo servers, and tells which server each has. */
  async open(group: string, target: Target): Promise<Answer[]> {
    return (await this.#ask<string>({ open: group, ...target, greeted: true })).map(parseAnswer);
  }

  /** Opens connections to servers that say nothing of their own. */
  async openSilent(group: string, target: Target): Promise<void> {
    await this.#ask({ open: group, ...target, greeted: false });
  }

  ports(group: string): Promise<number[]> {
    return this.#ask({ ports: group });
  }

  /** Says a line on each connection: whether it came back before the connection ended. */
  echo(group: string): Promise<boolean[]> {
    return this.#ask({ echo: group });
  }

  /** Starts a transfer on each connection. */
  async send(group: string): Promise<void> {
    await this.#ask({ send: group });
  }

  /** The bytes of each transfer that came back by now; null: its connection has ended. */
  returned(group: string): Promise<(number | null)[]> {
    return this.#ask({ returned: group });
  }

  /** Ends the transfers, once everything that is under way has come back. */
  stop(group: string): Promise<Transferred[]> {
    return this.#ask({ stop: group });
  }
}

import { createInterface } from "node:readline";
import type { Host } from "./host.js";
import { succeed } from "./shell.js";

/** Which real server answered, and which client it saw. */
export interface Answer {
  readonly server: string;
  readonly client: string;
}

/** What became of a request. */
export type Reply = Answer | "timed out" | "refused";

/** The servers' line (servers.ts). IPv4 clients of an IPv6 socket, `[::ffff:10.0.0.8]`, are IPv4 clients. */
function parseAnswer(line: string): Answer {
  const match = /^(\S+) saw \[?(?:::ffff:)?([0-9a-f.:]+?)\]?(?: \d+)?$/.exec(line);
  if (!match) throw new Error(`not an answer of a server of the lab: ${JSON.stringify(line)}`);
  return { server: match[1]!, client: match[2]! };
}

const curlExitCodes = new Map<number, Reply>([
  [7, "refused"],
  [28, "timed out"],
]);

/** The article's own request: gives up after two seconds, tries twice. For requests that are expected to fail. */
export const impatient = "curl -m 2 --retry 1 -sSL";
/** For requests that are expected to be answered, however slow the machine. */
export const patient = "curl -m 60 -sSL";

/** Types a request at a host's prompt. */
export async function request(host: Host, url: string, curl = patient): Promise<Reply> {
  const line = `${curl} ${url}`;
  const outcome = await host.try(line);
  if (curlExitCodes.has(outcome.code)) return curlExitCodes.get(outcome.code)!;
  return parseAnswer(succeed(`${host.name}# ${line}`, outcome).stdout.trimEnd());
}

/** Several requests, each with a connection of its own, one after the other; all of them have to be answered. */
export async function requests(host: Host, url: string, count: number, from?: string): Promise<Answer[]> {
  const line = `${patient}${from ? ` --interface ${from}` : ""} '${url}/?[1-${count}]'`;
  const answers = (await host.type(line)).trimEnd().split("\n").map(parseAnswer);
  if (answers.length !== count) throw new Error(`${answers.length} answers to ${count} requests`);
  return answers;
}

/** One datagram and its answer. */
export async function askUdp(host: Host, address: string, port: number, sourcePort?: number): Promise<Answer> {
  const from = sourcePort ? `,sourceport=${sourcePort}` : "";
  const argv = ["socat", "-t", "60", "-", `UDP:${address}:${port}${from},null-eof`];
  return parseAnswer(succeed(argv.join(" "), await host.run(argv, "hello\n")).stdout.trimEnd());
}

/** One SCTP association and its answer. */
export async function askSctp(host: Host, address: string, port: number): Promise<Answer> {
  const argv = ["socat", "-u", `SCTP:${address}:${port}`, "-"];
  return parseAnswer(succeed(argv.join(" "), await host.run(argv)).stdout.trimEnd());
}

/** A TCP connection to serveEcho() that stays open. */
export interface Conversation {
  readonly server: string;
  /** Says a line and waits for its echo. */
  echo(line: string): Promise<string>;
  /** Ends the connection at once (RST). */
  reset(): void;
}

/** Undefined when no server greets: the connection was refused or closed. */
export async function converse(host: Host, address: string, port: number): Promise<Conversation | undefined> {
  const child = host.start(["socat", "-", `TCP:${address}:${port},linger=0,connect-timeout=60`]);
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  const greeting = await lines.next();
  if (greeting.done) return undefined;
  return {
    server: parseAnswer(greeting.value).server,
    async echo(line) {
      child.stdin!.write(`${line}\n`);
      return (await lines.next()).value;
    },
    reset: () => child.kill("SIGTERM"),
  };
}

/** How many answers each server gave. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { server } of answers) counts[server] = (counts[server] ?? 0) + 1;
  return counts;
}

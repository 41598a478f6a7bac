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

/** The line that every server of the lab answers. */
export function parseAnswer(line: string): Answer {
  const match = /^(\S+) saw (\S+)$/.exec(line.trimEnd());
  if (!match) throw new Error(`not an answer of a server of the lab: ${JSON.stringify(line)}`);
  return { server: match[1]!, client: match[2]! };
}

/** 7 is every failure to connect that the client hears of: a refusal, or a router that says it cannot reach the address. */
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
  return curlExitCodes.get(outcome.code) ?? parseAnswer(succeed(`${host.name}# ${line}`, outcome).stdout);
}

/** Several requests, each with a connection of its own, one after the other; all of them have to be answered. */
export async function requests(host: Host, url: string, count: number, from?: string): Promise<Answer[]> {
  return all(count, await host.type(`${patient}${from ? ` --interface ${from}` : ""} '${url}/?[1-${count}]'`));
}

/** One request from each of a host's addresses, in order. */
export async function requestsFrom(host: Host, addresses: readonly string[], url: string): Promise<Answer[]> {
  const each = addresses.map((address) => `-m 60 -sS --interface ${address} ${url}`);
  return all(addresses.length, await host.type(`curl ${each.join(" --next ")}`));
}

function all(count: number, output: string): Answer[] {
  const answers = output.trimEnd().split("\n").map(parseAnswer);
  if (answers.length !== count) throw new Error(`${answers.length} answers to ${count} requests`);
  return answers;
}

/** One SCTP association and its answer. */
export async function askSctp(host: Host, address: string, port: number): Promise<Answer> {
  const argv = ["socat", "-u", `SCTP:${address}:${port}`, "-"];
  return parseAnswer(succeed(argv.join(" "), await host.run(argv)).stdout);
}

/** One datagram and its answer. Absent source port: any. */
export async function askUdp(host: Host, address: string, port: number, sourcePort?: number): Promise<Answer> {
  const from = sourcePort ? `,sourceport=${sourcePort}` : "";
  const client = host.start(["socat", "-", `UDP:${address}:${port}${from}`]);
  const gone = new Promise((resolve) => client.on("exit", resolve));
  client.stdin!.write("hello\n");
  const { value } = await createInterface(client.stdout!)[Symbol.asyncIterator]().next();
  client.kill("SIGKILL");
  await gone; // and with it the hold on the source port
  return parseAnswer(value ?? "");
}

/** A TCP connection to an echo server that stays open. */
export interface Conversation {
  readonly server: string;
  /** Says a line and waits for its echo. */
  echo(line: string): Promise<string>;
}

/** Undefined when the connection is refused. */
export async function converse(host: Host, address: string, port: number): Promise<Conversation | undefined> {
  const netcat = host.start(["busybox", "nc", address, String(port)]);
  const lines = createInterface(netcat.stdout!)[Symbol.asyncIterator]();
  const greeting = await lines.next();
  if (greeting.done) return undefined;
  return {
    server: parseAnswer(greeting.value).server,
    async echo(line) {
      netcat.stdin!.write(`${line}\n`);
      return (await lines.next()).value;
    },
  };
}

/** How many answers each server gave. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { server } of answers) counts[server] = (counts[server] ?? 0) + 1;
  return counts;
}

import { UsageError } from "../../../src/errors.js";
import type { Names } from "../../../src/names/names.js";
import { noNames } from "../../../src/names/names.js";
import type { Command } from "../../../src/options/command.js";
import { parseCommand } from "../../../src/options/parse.js";

const HOSTS: Readonly<Record<string, string>> = {
  vip: "10.0.0.1",
  rs1: "10.0.1.1",
  classc: "255.255.255.0",
  six: "2001:db8::1",
};
const PORTS: Readonly<Record<string, number>> = {
  "http/tcp": 80,
  "www/tcp": 80,
  "domain/tcp": 53,
  "domain/udp": 53,
  "ntp/udp": 123,
};

/** A small system: some hosts (one of them IPv6), some services. */
export const names: Names = {
  ...noNames,
  addressOf: (host) => HOSTS[host],
  portOf: (service, protocol) => PORTS[`${service}/${protocol}`],
};

/** The words of a line as a shell makes them; only double quotes around whole words, and `\n` and `\t` in them. */
export function words(line: string): string[] {
  return (line.match(/"[^"]*"|\S+/g) ?? []).map((word) =>
    word.startsWith('"') ? word.slice(1, -1).replaceAll("\\n", "\n").replaceAll("\\t", "\t") : word,
  );
}

export function parse(line: string, posixlyCorrect = false): Command {
  return parseCommand(words(line), { names, program: "ipvsadm", posixlyCorrect });
}

/** Exit status and message of a line that must be refused. */
export function refusal(line: string, posixlyCorrect = false): [exitCode: number, message: string] {
  try {
    parse(line, posixlyCorrect);
  } catch (error) {
    if (error instanceof UsageError) return [error.exitCode, error.message];
    throw error;
  }
  throw new Error(`accepted: ${line}`);
}

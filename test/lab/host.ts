import type { ChildProcess } from "node:child_process";
import { commandOf } from "../programs.js";
import { type Outcome, run, start, succeed, words } from "./shell.js";

/** What runs when a word is typed: our program (LAB_IPVSADM=/usr/sbin/ipvsadm: another), and iptables that every kernel knows. */
const programs: Readonly<Record<string, readonly string[]>> = {
  ipvsadm: process.env.LAB_IPVSADM ? [process.env.LAB_IPVSADM] : commandOf("ipvsadm"),
  iptables: ["iptables-legacy"],
  ip6tables: ["ip6tables-legacy"],
};

/** Told of every line typed, once it has run. */
export type Witness = (host: Host, line: string, outcome: Outcome) => void;

/** A machine of the lab: a network namespace with the machine's name. Its files and modules are those of the kernel it runs on. */
export class Host {
  readonly #running = new Set<ChildProcess>();

  constructor(
    readonly name: string,
    private readonly witness: Witness,
  ) {}

  #argv(argv: readonly string[]): string[] {
    return ["ip", "netns", "exec", this.name, ...argv];
  }

  /** Runs a program here, whatever its exit code. */
  run(argv: readonly string[], input?: string): Promise<Outcome> {
    return run(this.#argv(argv), input);
  }

  /** Runs a command line as one types it at this machine's prompt, whatever its exit code. */
  async try(line: string): Promise<Outcome> {
    const [program, ...args] = words(line);
    const outcome = await this.run([...(programs[program!] ?? [program!]), ...args]);
    this.witness(this, line, outcome);
    return outcome;
  }

  /** The same, for a command that has to succeed: throws with what it printed when it does not. Returns what it printed. */
  async type(line: string): Promise<string> {
    return succeed(`${this.name}# ${line}`, await this.try(line)).stdout;
  }

  /** Starts a program that runs until the network is taken down, its input and output in our hands. */
  start(argv: readonly string[]): ChildProcess {
    const child = start(this.#argv(argv), { stdio: ["pipe", "pipe", "inherit"] });
    this.#running.add(child);
    child.on("exit", () => this.#running.delete(child));
    return child;
  }

  /** Ends what start() left running. */
  async quiet(): Promise<void> {
    const exits = [...this.#running].map((child) => new Promise((resolve) => child.on("exit", resolve)));
    for (const child of this.#running) child.kill("SIGKILL");
    await Promise.all(exits);
  }
}

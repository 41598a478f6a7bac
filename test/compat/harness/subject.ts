import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Invocation, Outcome, Shell } from "./shell.js";

/** The program that is compared with the original. */
export interface Subject {
  run(invocations: readonly Invocation[]): Promise<Outcome[]>;
  /** What to run instead where no second may pass; absent: it is quick. */
  readonly quick?: Subject;
  close(): Promise<void>;
}

/** Everything as processes of the shell, found through `path`. */
export function processes(shell: Shell, path: string): Subject {
  return { run: (invocations) => shell.run(path, invocations), close: async () => undefined };
}

const ownPrograms = new Set(["ipvsadm", "ipvsadm-save", "ipvsadm-restore"]);

/** How long a program may take before it counts as hung. Nothing here comes near it, even in User Mode Linux. */
const PATIENCE = 120_000;

/** Our three programs in one long-lived process in the shell's namespaces, everything else as processes. */
export async function builtProgram(shell: Shell, path: string, bundle: string): Promise<Subject> {
  let driver = await startDriver(shell, bundle);

  const inProcess = async (invocation: Invocation): Promise<Outcome> => {
    const { program, args, stdin = "" } = invocation;
    const over = new AbortController();
    const { signal } = over;
    const ended = Promise.race([
      once(driver, "message", { signal }).then(([outcome]) => outcome as Outcome),
      once(driver, "exit", { signal }).then(([status]) => Promise.reject(new Error(`the driver ended with ${status}`))),
      setTimeout(PATIENCE, undefined, { signal }).then(() => Promise.reject(new Error("does not end"))),
    ]);
    driver.send({ program, args, stdin });
    try {
      return await ended;
    } catch (error) {
      driver.kill("SIGKILL");
      driver = await startDriver(shell, bundle);
      throw new Error(`${[program, ...args].join(" ")}: ${(error as Error).message}`);
    } finally {
      over.abort();
    }
  };

  return {
    async run(invocations) {
      const outcomes: Outcome[] = [];
      for (const invocation of invocations) {
        if (ownPrograms.has(invocation.program)) outcomes.push(await inProcess(invocation));
        else outcomes.push(...(await shell.run(path, [invocation])));
      }
      return outcomes;
    },
    async close() {
      const ended = once(driver, "exit");
      driver.disconnect();
      await ended;
    },
  };
}

/** One of how many invocations goes to the executable: a process costs there what ten commands in the driver do. */
const SHARE = 4;

/** A share of the invocations, which depends on the seed and on what is invoked, goes to the executable, the others to the program of Node.js. */
export function takingTurns(program: Subject, executable: Subject, seed: string): Subject {
  const isChosen = ({ program, args }: Invocation) =>
    createHash("sha1")
      .update([seed, program, ...args].join("\0"))
      .digest()[0]! %
      SHARE ===
    0;
  return {
    async run(invocations) {
      const outcomes: Outcome[] = [];
      for (const invocation of invocations) {
        const chosen = ownPrograms.has(invocation.program) && isChosen(invocation);
        const [outcome] = await (chosen ? executable : program).run([invocation]);
        outcomes.push(chosen ? { ...outcome!, by: "the executable" } : outcome!);
      }
      return outcomes;
    },
    quick: program,
    close: () => program.close(),
  };
}

async function startDriver(shell: Shell, bundle: string): Promise<ChildProcess> {
  const driver = fork(join(import.meta.dirname, "driver.mjs"), [bundle], {
    execPath: "nsenter",
    execArgv: [`--net=/proc/${shell.pid}/ns/net`, `--mount=/proc/${shell.pid}/ns/mnt`, process.execPath],
    serialization: "advanced",
  });
  await once(driver, "message");
  return driver;
}

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Reader } from "./reader.js";
import { READERS } from "./readers.js";
import { watch } from "./watch.js";

const HELP = `npm run fuzz -- [OPTION...]
Gives random inputs to everything that reads foreign text or bytes. A reader may refuse an input with an error of ours;
any other error, an input without an end and one that needs too much memory are faults, and end with exit status 1.
  --runs NUMBER     inputs in all (100000)
  --seed NUMBER     which inputs (by the clock); the same seed gives the same ones
  --reader NAME     only this reader; may be repeated
  --threads NUMBER  readers at the same time (half of the processors)
  --patience NUMBER seconds of computing after which an input counts as one without an end (60)
Readers:
${READERS.map(({ name }) => `  ${name}\n`).join("")}`;

const EXIT_FAULTS = 1;
const EXIT_USAGE = 2;

/** Something that cannot be asked for. */
class Refusal extends Error {}

/**
 * `npm run fuzz`; returns the exit status.
 *
 * @param worker another thread than worker.ts, for tests
 */
export async function main(
  args: readonly string[],
  write: (text: string) => void,
  worker = new URL("./worker.js", import.meta.url),
): Promise<number> {
  try {
    const options = readOptions(args);
    if (options !== undefined) return (await fuzz(options, write, worker)) === 0 ? 0 : EXIT_FAULTS;
    write(HELP);
    return 0;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!(error instanceof Refusal || code?.startsWith("ERR_PARSE_ARGS"))) throw error;
    write(`${(error as Error).message}\n`);
    return EXIT_USAGE;
  }
}

interface Options {
  readonly runs: number;
  readonly seed: number;
  readonly threads: number;
  readonly patience: number;
  readonly readers: readonly Reader[];
}

/** Absent when only help is wanted. */
function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: "string", default: "100000" },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) },
      reader: { type: "string", multiple: true, default: READERS.map(({ name }) => name) },
      threads: { type: "string", default: String(Math.max(1, availableParallelism() >> 1)) },
      patience: { type: "string", default: "60" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    runs: wholeNumber(values.runs),
    seed: wholeNumber(values.seed),
    threads: Math.max(1, wholeNumber(values.threads)),
    patience: Math.max(1, wholeNumber(values.patience)),
    readers: values.reader.map(
      (name) => READERS.find((reader) => reader.name === name) ?? refuse(`no such reader: ${name}`),
    ),
  };
}

/** Returns how many readers have a fault. */
async function fuzz({ runs, seed, threads, patience, readers }: Options, write: (text: string) => void, worker: URL) {
  const shares = readers.reduce((sum, { share = 1 }) => sum + share, 0);
  const left = readers.values();
  let faults = 0;
  let total = 0;
  write(`seed ${seed}\n`);
  await Promise.all(
    Array.from({ length: threads }, async () => {
      for (const { name, share = 1 } of left) {
        const own = Math.ceil((runs * share) / shares);
        const crash = await watch(worker, { name, runs: own, seed }, { patience });
        total += own;
        if (crash === undefined) write(`${name}: ${own} inputs\n`);
        else {
          faults++;
          write(`${name}: FAULT, --seed ${seed} --runs ${runs}, input ${crash.input}\n${crash.error}\n`);
        }
      }
    }),
  );
  write(`${total} inputs for ${readers.length} readers, ${faults} faults\n`);
  return faults;
}

function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : refuse(`not a whole number: ${text}`);
}

function refuse(message: string): never {
  throw new Refusal(message);
}

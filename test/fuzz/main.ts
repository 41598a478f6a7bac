import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { READERS } from "./readers.js";
import { watch } from "./watch.js";

const HELP = `npm run fuzz -- [OPTION...]
Gives random inputs to everything that reads foreign text or bytes. A reader may refuse an input with an error of ours;
any other error, an input without an end and one that needs too much memory are faults, and end with exit status 1.
  --runs NUMBER     inputs in all (100000)
  --seed NUMBER     which inputs (by the clock); the same seed gives the same ones
  --reader NAME     only this reader; may be repeated
  --threads NUMBER  readers at the same time (half of the processors)
  --patience NUMBER seconds without a new input after which a reader counts as hanging (60)
Readers:
${READERS.map(({ name }) => `  ${name}\n`).join("")}`;

const WORKER = new URL("./worker.js", import.meta.url);

/** `npm run fuzz`; returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
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
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { runs, seed, threads, patience } = {
    runs: wholeNumber(values.runs),
    seed: wholeNumber(values.seed),
    threads: wholeNumber(values.threads),
    patience: wholeNumber(values.patience),
  };
  const readers = values.reader.map(
    (name) => READERS.find((reader) => reader.name === name) ?? refuse(`no such reader: ${name}`),
  );
  const shares = readers.reduce((sum, { share = 1 }) => sum + share, 0);
  const left = readers.values();
  let faults = 0;
  let total = 0;
  process.stdout.write(`seed ${seed}\n`);
  await Promise.all(
    Array.from({ length: Math.max(1, threads) }, async () => {
      for (const { name, share = 1 } of left) {
        const own = Math.ceil((runs * share) / shares);
        const crash = await watch(WORKER, { name, runs: own, seed }, { patience });
        total += own;
        if (crash !== undefined) faults++;
        process.stdout.write(
          crash === undefined
            ? `${name}: ${own} inputs\n`
            : `${name}: FAULT, seed ${seed}, input ${crash.input}\n${crash.error}\n`,
        );
      }
    }),
  );
  process.stdout.write(`${total} inputs for ${readers.length} readers, ${faults} faults\n`);
  return faults === 0 ? 0 : 1;
}

function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : refuse(`not a whole number: ${text}`);
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

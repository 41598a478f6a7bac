import type { Command } from "commander";
import { systemNames } from "../names/system.js";
import { EXIT, exitStatusHelp } from "../program/exit-status.js";
import { readFileOrInput } from "../program/file.js";
import type { Io } from "../program/io.js";
import { mistakeText } from "../program/report.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { type MistakeSink, readWanted } from "../program/wanted-file.js";

/** `ipvsadm check FILE|-`: every mistake of a file, without a kernel and without root. */
export function define(command: Command, { io, exit, program }: SubcommandContext): Command {
  return command
    .argument("<file>", "rules as `ipvsadm-save` writes them, or its JSON; - reads standard input")
    .option("-j, --json", "the mistakes as JSON", false)
    .addHelpText("after", `\n${exitStatusHelp("check")}`)
    .action(async (file: string, { json }: { json: boolean }) => {
      const text = readFileOrInput(file, io);
      const out = new BufferedOutput(io);
      const list = json ? jsonList(out) : textList(out);
      const wanted = await readWanted(text, systemNames(), program, list.add);
      list.end();
      out.flush();
      exit((wanted === undefined ? EXIT.usage : EXIT.success).status);
    });
}

interface MistakeList {
  readonly add: MistakeSink;
  readonly end: () => void;
}

function textList(out: BufferedOutput): MistakeList {
  return { add: (mistake) => out.write(`${mistakeText(mistake)}\n`), end: () => {} };
}

/** What JSON.stringify makes of `{ mistakes: [...] }`, without the list. */
function jsonList(out: BufferedOutput): MistakeList {
  let before = '{\n  "mistakes": [';
  let after = '{\n  "mistakes": []\n}\n';
  return {
    add: (mistake) => {
      out.write(`${before}\n    ${JSON.stringify(mistake, undefined, 2).replaceAll("\n", "\n    ")}`);
      before = ",";
      after = "\n  ]\n}\n";
    },
    end: () => out.write(after),
  };
}

/** Characters that are written at once: half a million mistakes would be as many system calls. */
const BATCH = 16_384;

class BufferedOutput {
  #text = "";
  readonly #io: Io;

  constructor(io: Io) {
    this.#io = io;
  }

  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= BATCH) this.flush();
  }

  flush(): void {
    if (this.#text !== "") this.#io.out(this.#text);
    this.#text = "";
  }
}

import type { Command } from "commander";
import { systemNames } from "../names/system.js";
import { EXIT, exitStatusHelp } from "../program/exit-status.js";
import { paragraph } from "../program/layout.js";
import { mistakeText, warningText } from "../program/report.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { CONFIG_ID_HELP, type FileMistake, type MistakeSink } from "../program/wanted-file.js";
import { readSource, SOURCE_TEXT } from "../remote/source.js";

/** `ipvsadm check FILE|-`: every mistake of a file, without a kernel and without root. */
export function define(command: Command, { io, exit, program }: SubcommandContext): Command {
  return command
    .argument(
      "<file>",
      "rules as `ipvsadm-save` writes them, its JSON, or a keepalived.conf; - reads standard input, ssh:HOST another director",
    )
    .option("-j, --json", "the mistakes and warnings as JSON", false)
    .option("--config-id <ID>", CONFIG_ID_HELP)
    .addHelpText("after", `\n${exitStatusHelp("check")}\n\n${paragraph(SOURCE_TEXT)}`)
    .action(async (file: string, { json, configId }: { json: boolean; configId?: string }) => {
      const out = new BufferedOutput((part) => io.out(part));
      const err = new BufferedOutput((part) => io.err(part));
      const list = json ? jsonList(out) : textList(out, err);
      const context = { io, names: systemNames(), program, keepalived: { configId } };
      const wanted = await readSource(file, context, list.add, list.warn);
      list.end();
      out.flush();
      err.flush();
      exit((wanted === undefined ? EXIT.usage : EXIT.success).status);
    });
}

interface MistakeList {
  readonly add: MistakeSink;
  readonly warn: MistakeSink;
  readonly end: () => void;
}

function textList(out: BufferedOutput, err: BufferedOutput): MistakeList {
  return {
    add: (mistake) => out.write(`${mistakeText(mistake)}\n`),
    warn: (warning) => err.write(warningText(warning)),
    end: () => {},
  };
}

/** What JSON.stringify makes of `{ mistakes: [...], warnings: [...] }`, the mistakes without the list. */
function jsonList(out: BufferedOutput): MistakeList {
  const warnings: string[] = [];
  let before = "";
  out.write('{\n  "mistakes": [');
  return {
    add: (mistake) => {
      out.write(`${before}${item(mistake)}`);
      before = ",";
    },
    warn: (warning) => warnings.push(item(warning)),
    end: () => {
      out.write(`${before === "" ? "" : "\n  "}],\n  "warnings": [`);
      for (const [index, warning] of warnings.entries()) out.write(`${index === 0 ? "" : ","}${warning}`);
      out.write(`${warnings.length === 0 ? "" : "\n  "}]\n}\n`);
    },
  };
}

function item(mistake: FileMistake): string {
  return `\n    ${JSON.stringify(mistake, undefined, 2).replaceAll("\n", "\n    ")}`;
}

/** Characters that are written at once: half a million mistakes would be as many system calls. */
const BATCH = 16_384;

class BufferedOutput {
  #text = "";
  readonly #print: (text: string) => void;

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= BATCH) this.flush();
  }

  flush(): void {
    if (this.#text !== "") this.#print(this.#text);
    this.#text = "";
  }
}

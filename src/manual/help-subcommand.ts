import type { Command } from "commander";
import { WORDS, type WordContext } from "../cli/subcommands.js";
import { EXIT_USAGE } from "../program/report.js";
import { wordProgram } from "../program/subcommand-program.js";
import { suggestTopic } from "../program/suggest.js";
import { informational } from "./information.js";
import { renderTopic } from "./topic.js";

/** `ipvsadm help [TOPIC]`. */
export function define(command: Command, context: WordContext): Command {
  const { io, exit } = context;
  return command
    .argument("[topic]", "a command, in words or with dashes, or an option")
    .helpOption(false)
    .allowUnknownOption()
    .action(async (topic: string | undefined) => {
      if (topic === undefined) return void informational({ kind: "help" }, io);
      if (Object.hasOwn(WORDS, topic)) {
        const { commands } = await wordProgram(context, [topic]);
        return commands.find((candidate) => candidate.name() === topic)!.outputHelp();
      }
      const text = renderTopic(topic);
      if (text !== undefined) return io.out(text);
      io.err(`ipvsadm help: there is no command or option ${topic}${suggestTopic(topic)}\n`);
      exit(EXIT_USAGE);
    });
}

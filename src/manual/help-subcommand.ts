import type { Command } from "commander";
import { EXIT } from "../program/exit-status.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { subcommandProgram } from "../program/subcommand-program.js";
import { suggestTopic } from "../program/suggest.js";
import { inform } from "./information.js";
import { renderTopic } from "./topic.js";

/** `ipvsadm help [TOPIC]`. */
export function define(command: Command, context: SubcommandContext): Command {
  const { io, subcommands, exit } = context;
  return command
    .argument("[topic]", "a command, a subcommand or an option, with or without dashes")
    .helpOption(false)
    .allowUnknownOption()
    .action(async (topic: string | undefined) => {
      if (topic === undefined) return inform({ kind: "help" }, subcommands, io);
      if (Object.hasOwn(subcommands, topic)) {
        const { commands } = await subcommandProgram(context, [topic]);
        return commands.find((candidate) => candidate.name() === topic)!.outputHelp();
      }
      const text = renderTopic(topic);
      if (text !== undefined) return io.out(text);
      const meant = suggestTopic(topic, Object.keys(subcommands));
      io.err(`ipvsadm help: there is no command or option ${topic}${meant}\n`);
      exit(EXIT.usage.status);
    });
}

import { readdirSync } from "node:fs";
import type { Command } from "commander";
import { IpvsError } from "../errors.js";
import { readProcTable } from "../host/proc-table.js";
import { PROGRAMS, type Program } from "../manual/programs.js";
import type { SubcommandContext, Subcommands } from "../program/subcommand.js";
import { several } from "../program/subcommand-options.js";
import { subcommandProgram } from "../program/subcommand-program.js";
import { complete, matching } from "./complete.js";
import type { Choice, Grammar, Offer, Shape, Values } from "./grammar.js";
import { sshHosts } from "./ssh-hosts.js";
import { commandChoices, completeTable } from "./table.js";
import { type Live, liveValues } from "./values.js";

/** This host as everybody may see it: completion works without root, and loads no module. */
const THIS_HOST: Live = {
  table: () => orNothing(() => readProcTable()?.table),
  interfaces: () => orNothing(() => readdirSync("/sys/class/net")),
  sshHosts: () => orNothing(sshHosts),
};

/**
 * What the last word of a command line could become, as the completion scripts read it: lines of a value, a tab and what it
 * means, or `:files`.
 *
 * @param words the program's name, then those behind it; the last one is being typed
 */
export async function completeLine(
  words: readonly string[],
  context: SubcommandContext,
  live = THIS_HOST,
): Promise<string> {
  const offer = await offerFor(words, context, live);
  if (offer === "files") return ":files\n";
  return offer.map(({ value, help }) => `${help === undefined ? value : `${value}\t${help}`}\n`).join("");
}

async function offerFor(
  [program = "", ...words]: readonly string[],
  context: SubcommandContext,
  live: Live,
): Promise<Offer> {
  const { subcommands } = context;
  const values = withTopics(liveValues(live), subcommands);
  const other = PROGRAMS.find(({ name }) => name === program);
  if (other !== undefined) return matching(openOptions(other, words.slice(0, -1)), words.at(-1) ?? "");
  const [first = "", ...rest] = words;
  if (rest.length === 0)
    return matching([...(first.startsWith("-") ? [] : choicesOf(subcommands)), ...commandChoices(first)], first);
  if (!Object.hasOwn(subcommands, first)) return completeTable(words, values);
  const { commands } = await subcommandProgram(context, [first]);
  const command = commands.find((one) => one.name() === first)!;
  return complete(first, subcommandGrammar(command), rest, withArguments(values, command));
}

/** Arguments may list their own values. */
function withArguments(values: Values, { registeredArguments }: Command): Values {
  const choices = new Map(registeredArguments.map((argument) => [argument.name(), argument.argChoices]));
  return (name, typed) => choices.get(name)?.map((value) => ({ value })) ?? values(name, typed);
}

function choicesOf(subcommands: Subcommands): Choice[] {
  return Object.entries(subcommands).map(([value, { summary }]) => ({ value, help: summary }));
}

/** Subcommands are topics of help too. */
function withTopics(values: Values, subcommands: Subcommands): Values {
  return (name, typed) => {
    const found = values(name, typed);
    return name === "topic" && typed.operands === 0 ? [...choicesOf(subcommands), ...(found as Choice[])] : found;
  };
}

/** The options of a program that are not given yet. */
function openOptions({ options }: Program, given: readonly string[]): Choice[] {
  const open = options.filter(({ spellings }) => !spellings.some((spelling) => given.includes(spelling)));
  return open.flatMap(({ spellings, help }) => spellings.map((value) => ({ value, help })));
}

/** The options and operands that commander knows of a subcommand. */
function subcommandGrammar(command: Command): Grammar {
  const options = command.createHelp().visibleOptions(command);
  return {
    options: options.map((option): Shape => {
      const long = option.long!.slice(2);
      return {
        long,
        ...(option.short && { short: option.short.slice(1) }),
        help: option.description,
        takes: option.required ? "argument" : option.optional ? "optional argument" : "nothing",
        ...(option.parseArg !== several && { once: option.attributeName() }),
        ...(option.argChoices && { values: option.argChoices }),
      };
    }),
    operands: command.registeredArguments.map((argument) => argument.name()),
  };
}

function orNothing<T>(read: () => readonly T[] | undefined): readonly T[] {
  try {
    return read() ?? [];
  } catch (error) {
    if (error instanceof IpvsError || (error as NodeJS.ErrnoException).code !== undefined) return [];
    throw error;
  }
}

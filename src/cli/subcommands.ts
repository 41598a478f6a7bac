import type { Command } from "commander";
import type { Io } from "../program/io.js";

/** What a command in words gets from the program. */
export interface WordContext {
  readonly program: string;
  readonly io: Io;
  /** Sets the exit status; 0 when never called. */
  exit(status: number): void;
}

/** A module that adds one command to the program: its arguments, options, help and action. */
export interface WordModule {
  define(command: Command, context: WordContext): Command;
}

/** A command in words, which 1.31 does not have. */
export interface Word {
  readonly summary: string;
  load(): Promise<WordModule>;
}

/** All commands in words. Anything else is a command line of 1.31. */
export const WORDS: Readonly<Record<string, Word>> = {
  apply: {
    summary: "make the table equal to a file, changing only what differs",
    load: () => import("../restore/subcommand.js"),
  },
  set: {
    summary: "change what is named of a service and its servers, and nothing else",
    load: () => import("../edit/subcommand.js"),
  },
  drain: {
    summary: "take servers out of service and wait until they have finished",
    load: () => import("../drain/subcommand.js"),
  },
  top: { summary: "watch services and servers live", load: () => import("../top/subcommand.js") },
  metrics: { summary: "print figures for Prometheus", load: () => import("../metrics/subcommand.js") },
  diff: {
    summary: "what differs between the table and a file, or two files",
    load: () => import("../diff/subcommand.js"),
  },
  check: { summary: "find every mistake in a file, without a kernel", load: () => import("../check/subcommand.js") },
  doctor: { summary: "find out why traffic does not flow", load: () => import("../doctor/subcommand.js") },
  help: {
    summary: "explain a command or an option, with examples",
    load: () => import("../manual/help-subcommand.js"),
  },
  completion: {
    summary: "print the completion script of bash, zsh or fish",
    load: () => import("../completion/subcommand.js"),
  },
  schema: {
    summary: "print the JSON Schema of what --json writes and apply reads",
    load: () => import("../manual/schema-subcommand.js"),
  },
};

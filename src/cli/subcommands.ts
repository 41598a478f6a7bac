import type { Subcommands } from "../program/subcommand.js";

/** The subcommands, each loaded when it is called. */
export const SUBCOMMANDS: Subcommands = {
  apply: {
    summary: "make the table equal to a file, changing only what differs",
    load: () => import("../restore/subcommand.js"),
  },
  confirm: {
    summary: "keep a change that waits for its confirmation",
    load: () => import("../confirm/subcommand.js"),
  },
  revert: {
    summary: "take the last apply or restore back",
    load: () => import("../revert/subcommand.js"),
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
  monitor: { summary: "print every change as it happens", load: () => import("../monitor/subcommand.js") },
  where: {
    summary: "where a client would go, and why",
    load: () => import("../where/subcommand.js"),
  },
  metrics: { summary: "print figures for Prometheus", load: () => import("../metrics/subcommand.js") },
  diff: {
    summary: "what differs between the table and a file, or two files",
    load: () => import("../diff/subcommand.js"),
  },
  check: { summary: "find every mistake in a file, without a kernel", load: () => import("../check/subcommand.js") },
  export: {
    summary: "write the table as a keepalived.conf, or a keepalived.conf as rules",
    load: () => import("../export/subcommand.js"),
  },
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

// What the manual pages are made of: the tables that the programs run on.

export { SUBCOMMANDS } from "../src/cli/subcommands.js";
export { COMMAND_PAGES } from "../src/manual/commands.js";
export { valuesText } from "../src/manual/entries.js";
export { OPTION_NOTES } from "../src/manual/options.js";
export { PROGRAMS } from "../src/manual/programs.js";
export { COMMANDS, GROUPS, OPTIONS } from "../src/options/options.js";
export { SCHEDULERS } from "../src/options/schedulers.js";
export { allExitMeanings, exitMeanings } from "../src/program/exit-status.js";
export { subcommandProgram } from "../src/program/subcommand-program.js";
export { VERSION } from "../src/version.js";

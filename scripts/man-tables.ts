// What the manual pages are made of: the tables that the programs run on.
export { wordProgram } from "../src/cli/words/program.js";
export { WORDS } from "../src/cli/words/words.js";
export { COMMANDS, GROUPS, OPTIONS } from "../src/command/options.js";
export { COMMAND_PAGES } from "../src/manual/commands.js";
export { valuesText } from "../src/manual/entries.js";
export { OPTION_NOTES, SCHEDULER_NOTES } from "../src/manual/options.js";
export { PROGRAMS } from "../src/manual/programs.js";
export { VERSION } from "../src/version.js";

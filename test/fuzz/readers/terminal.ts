import { Command, CommanderError } from "commander";
import fc from "fast-check";
import { SUBCOMMANDS } from "../../../src/cli/subcommands.js";
import { completeLine } from "../../../src/completion/line.js";
import { define as defineDrain } from "../../../src/drain/subcommand.js";
import { readSelection } from "../../../src/drain/targets.js";
import { readEdit } from "../../../src/edit/options.js";
import { define as defineSet } from "../../../src/edit/subcommand.js";
import { UnknownOptionError } from "../../../src/errors.js";
import { renderTopic } from "../../../src/manual/topic.js";
import { noNames } from "../../../src/names/names.js";
import { COMMANDS, OPTIONS } from "../../../src/options/options.js";
import type { Read } from "../../../src/program/subcommand-options.js";
import { suggestion, suggestTopic } from "../../../src/program/suggest.js";
import { press, type State } from "../../../src/top/keys.js";
import { server, tcp } from "../../unit/render/samples.js";
import { reader } from "../reader.js";
import { texts, wordLists } from "../text.js";

const NAMES = Object.keys(SUBCOMMANDS);
const OPTION_WORDS = [...COMMANDS, ...OPTIONS].map(({ long }) => `--${long}`);
const LETTERS = ["-A", "-a", "-L", "-t", "-u", "-f", "-6", "-r", "-w", "-s", "-b", "-p", "-M", "-", "--", "--no-ops"];
const VALUES = [
  "192.0.2.1:80",
  "10.0.0.1",
  "[2001:db8::1]:443",
  "7",
  "wrr",
  "sh-port,",
  "-sh-port",
  "5",
  "=5",
  "24",
  "30",
];

const SETTINGS = [
  "-t 192.0.2.1:80 -r 10.0.0.1:8080 -w 9",
  "-f 7 -6 --all -x 100 -y 5 -i --tun-type gue --tun-port 6080 --tun-csum",
  "-u [2001:db8::1]:53 -s sh -b sh-port,-sh-fallback -p 300 -M 64 --no-pe --no-ops",
];
const DRAINS = ["-t 192.0.2.1:80 -r 10.0.0.1:8080 --timeout 30", "-r 10.0.0.1 --restore-weight", "--list"];
const LINES = ["-a -t 192.0.2.1:80 -r", "set -t 192.0.2.1:80 --", "drain -r 10.", "help --", "-L --only tcp,"];

const io = { readInput: () => "", out() {}, steer() {}, err() {}, env: {} };
const context = { program: "ipvsadm", io, subcommands: SUBCOMMANDS, exit() {} };
const live = {
  table: () => [{ service: tcp("192.0.2.1", 80), destinations: [server("10.0.0.1", 8080)] }],
  interfaces: () => ["lo", "eth0"],
  sshHosts: () => ["lb1"],
};

/** Reads the options of a subcommand, without carrying it out. */
async function readOptions(define: typeof defineSet, words: readonly string[], read: (options: Read) => void) {
  const command = define(new Command("word").exitOverride().configureOutput({ writeErr() {}, writeOut() {} }), context);
  command.action(() => read(command.opts()));
  try {
    await command.parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
}

const KEYS = [
  "q",
  "left",
  "right",
  "r",
  "v",
  "/",
  "escape",
  "up",
  "pagedown",
  "home",
  "end",
  "space",
  "h",
  "?",
  "return",
];
const key = fc.record({
  name: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...KEYS) }, texts(KEYS)),
  text: texts(KEYS),
  ctrl: fc.boolean(),
});

function pressAll(keys: readonly { name: string; text: string; ctrl: boolean }[]): void {
  const view = { sort: "name", reverse: false, grouping: "tree", filter: "" } as const;
  let state: State | undefined = { view, offset: 0, paused: false, typing: false, help: false };
  for (const one of keys) {
    state = press(state, one, { rows: 25, page: 10 });
    if (state === undefined) return;
    if (!(state.offset >= 0 && /^[ -~]{0,64}$/.test(state.view.filter))) throw new Error("a state that cannot be");
  }
}

export const TERMINAL_READERS = [
  reader({
    name: "completion",
    inputs: wordLists([...NAMES, ...OPTION_WORDS, ...LETTERS, ...VALUES, "ipvsadm-restore"], LINES),
    read: (words) => completeLine(["ipvsadm", ...words], context, live),
    share: 0.2,
  }),
  reader({
    name: "set-options",
    inputs: wordLists([...OPTION_WORDS, ...LETTERS, ...VALUES], SETTINGS),
    read: (words) => readOptions(defineSet, words, (options) => readEdit(options, noNames)),
    share: 0.1,
  }),
  reader({
    name: "drain-options",
    inputs: wordLists([...OPTION_WORDS, ...LETTERS, ...VALUES, "--timeout", "--restore-weight", "--list"], DRAINS),
    read: (words) =>
      readOptions(defineDrain, words, (options) => readSelection(options, noNames).targets(live.table())),
    share: 0.1,
  }),
  reader({
    name: "help-topics",
    inputs: texts([...OPTION_WORDS, ...LETTERS]),
    read: (topic) => {
      renderTopic(topic);
      suggestTopic(topic, NAMES);
      suggestion(new UnknownOptionError("", topic, topic.length % 2 === 0), NAMES);
    },
    share: 0.1,
  }),
  reader({ name: "keys", inputs: fc.array(key, { maxLength: 10 }), read: pressAll }),
];

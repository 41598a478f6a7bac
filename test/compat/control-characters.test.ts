import { compare, useWorld } from "./harness/scenario.js";
import { differs, restore } from "./harness/steps.js";

useWorld();

const web = ["-A", "-t", "10.0.0.1:80"];

compare("control characters in command lines are shown escaped", {
  steps: [
    [...web, "-b", "\x1b[41m"],
    [...web, "-b", "rr\x7f\x9b31m"],
    ["-L", "--\x1b[31mnumeric"],
    ["-L", "\x1b]0;title\x07"],
    ["-A", "-f", "\x1b[2J1"],
    [...web, "-s", "\x1b[41m", "-s", "rr"],
    ["-L", "a\rb"],
  ],
});

compare("in rules they are shown escaped, with the line", {
  steps: [
    differs("rule-lines", restore("-A -t 10.0.0.1:80 -b \x1b[41m\n"), {
      stderr: "line 1: invalid scheduler flag `\\u001b[41m'\n",
      status: 2,
    }),
  ],
});

import { compare, useWorld } from "./harness/scenario.js";
import { commands, matrixTable, misplaced, options } from "./harness/options.js";

useWorld();

for (const [command, compulsory] of commands) {
  const others = [...options, ...misplaced];
  compare(`${command} with what it needs and every option`, {
    given: matrixTable,
    steps: others.map((option) => `${command} ${compulsory} ${option}`),
  });
  if (compulsory === "") continue;
  compare(`${command} with every option instead of what it needs`, {
    given: matrixTable,
    steps: ["", ...others].map((option) => `${command} ${option}`),
  });
}

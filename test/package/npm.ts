import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** npm's own program: by its own word when it runs us, else where Node.js has it. */
export const NPM = [
  process.env.npm_execpath,
  join(dirname(process.execPath), "../lib/node_modules/npm/bin/npm-cli.js"),
  "/usr/share/nodejs/npm/bin/npm-cli.js",
].find((path) => path?.endsWith("npm-cli.js") && existsSync(path))!;

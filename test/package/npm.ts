import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** npm's own program: by its own word when it runs us, else where Node.js has it. */
const NPM = [
  process.env.npm_execpath,
  join(dirname(process.execPath), "../lib/node_modules/npm/bin/npm-cli.js"),
  "/usr/share/nodejs/npm/bin/npm-cli.js",
].find((path) => path?.endsWith("npm-cli.js") && existsSync(path))!;

/** Runs npm without anybody's configuration; returns its standard output. */
export async function npm(cwd: string, env: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [NPM, ...args], {
    cwd,
    env: { npm_config_userconfig: "/dev/null", npm_config_update_notifier: "false", ...env },
    maxBuffer: 1 << 26,
  });
  return stdout;
}

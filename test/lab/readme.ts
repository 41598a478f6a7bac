import { readFile } from "node:fs/promises";

const readme = `${import.meta.dirname}/../../README.md`;

/** The text of a file that the README shows: the block of code below the first line that begins with its path. */
export async function readmeFile(path: string): Promise<string> {
  const text = await readFile(readme, "utf8");
  const [, block] = text.split(`\n\`${path}\``)[1]?.split(/^```.*\n/m) ?? [];
  if (block === undefined) throw new Error(`the README shows no ${path}`);
  return block;
}

import { readFile } from "node:fs/promises";

const readme = `${import.meta.dirname}/../../README.md`;

/** The text of a file that a section of the README shows: the block of code below the line that begins with its path. */
export async function readmeFile(section: string, path: string): Promise<string> {
  const [, after = ""] = (await readFile(readme, "utf8")).split(`\n### ${section}\n`);
  const [text = ""] = after.split(/\n##+ /);
  const [, block] = text.split(`\n\`${path}\``)[1]?.split(/^```.*\n/m) ?? [];
  if (block === undefined) throw new Error(`the README shows no ${path} in "${section}"`);
  return block;
}

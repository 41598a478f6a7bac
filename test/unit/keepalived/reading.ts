import { readKeepalived } from "../../../src/keepalived/read.js";
import type { Remark } from "../../../src/keepalived/remarks.js";
import { formatChange } from "../../../src/options/format.js";
import { InputError } from "../../../src/program/io.js";
import { tableChanges } from "../../../src/rules/write.js";

interface Surroundings {
  /** What can be included, by paths. */
  readonly files?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly configId?: string;
}

/** Reads a configuration without a host. */
export function readWith(text: string, { files = {}, path = "etc/keepalived.conf", configId }: Surroundings = {}) {
  const mistakes: string[] = [];
  const warnings: string[] = [];
  const note =
    (list: string[]) =>
    ({ where, reason }: Remark) =>
      list.push(`${where}: ${reason}`);
  const wanted = readKeepalived(text, {
    path,
    ...(configId !== undefined && { configId }),
    files: {
      read: (name) => {
        if (files[name] === undefined) throw new InputError(`cannot read ${name}`);
        return files[name];
      },
      list: (folder) =>
        Object.keys(files)
          .filter((name) => name.startsWith(folder === "" ? "" : `${folder}/`))
          .map((name) => name.slice(folder === "" ? 0 : folder.length + 1).split("/")[0]!),
    },
    mistake: note(mistakes),
    warn: note(warnings),
  });
  const rules = [...tableChanges(wanted?.table ?? [])].map(formatChange);
  const settings = (wanted?.settings ?? []).map(({ change }) => formatChange(change));
  return { wanted, mistakes, warnings, rules, settings };
}

/** A `virtual_server` with a server, and some words in each. */
export const service = (words = "", own = "", target = "192.0.2.1 80", server = "10.0.0.1 8080") =>
  `virtual_server ${target} {\n${words}\nreal_server ${server} {\n${own}\n}\n}\n`;

// What every package holds, whatever its format.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../setup.js";
import { output } from "./tools.js";
import { filled } from "./tree.js";

const PROGRAMS = ["ipvsadm", "ipvsadm-save", "ipvsadm-restore"];

/** Packages of npm that are compiled in: what package.json lists, but the socket's. */
const COMPILED_IN = Object.keys(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).dependencies).filter(
  (name) => name !== "netlink",
);

/** Folders of packages and of tarballs, by what is in them; distributions differ in those of completions. */
export const PLACES = {
  programs: "usr/sbin",
  manual: "usr/share/man/man8",
  bash: "usr/share/bash-completion/completions",
  fish: "usr/share/fish/vendor_completions.d",
  documents: "usr/share/doc/ipvsadm-ts",
  service: "usr/libexec/ipvsadm-ts",
  units: "usr/lib/systemd/system",
};

/**
 * The programs, their manual pages and completions.
 *
 * @param {string} executable the file of the program
 * @param {typeof PLACES & { zsh: string }} places
 * @param {{ gzip: boolean }} manual whether its pages are compressed
 * @returns {Record<string, import("./tree.js").Entry>}
 */
export function programs(executable, places, { gzip }) {
  const [main, ...links] = PROGRAMS;
  const completion = (shell) => ({ text: output(process.execPath, ["bin/ipvsadm.js", "completion", shell], ROOT) });
  // Shells look for completions by the name of the command, and one script serves all three.
  const linked = (folder, ending, target) =>
    Object.fromEntries(links.map((name) => [`${folder}/${name}${ending}`, { link: target }]));
  return {
    [`${places.programs}/${main}`]: { from: executable, mode: 0o755 },
    ...linked(places.programs, "", main),
    ...Object.fromEntries(PROGRAMS.map((name) => [`${places.manual}/${name}.8`, { from: `dist/man/${name}.8`, gzip }])),
    [`${places.bash}/${main}`]: completion("bash"),
    ...linked(places.bash, "", main),
    [`${places.fish}/${main}.fish`]: completion("fish"),
    ...linked(places.fish, ".fish", `${main}.fish`),
    [`${places.zsh}/_${main}`]: completion("zsh"),
  };
}

/** The systemd unit of a distribution, and the script that it runs. */
export function service(values) {
  const from = "scripts/package/files/common";
  return {
    [`${PLACES.units}/ipvsadm.service`]: { text: filled(`${from}/ipvsadm.service`, values) },
    [`${PLACES.service}/service`]: { from: `${from}/service.sh`, mode: 0o755 },
  };
}

/** A function of the shell that ends the installation where the program could not run. */
export const processorCheck = () => filled("scripts/package/files/common/processor.sh").trim();

/** Licences of the program and of what is compiled into it. */
export function copyright() {
  const licence = (path) => readFileSync(join(ROOT, path), "utf8").trim();
  const others = COMPILED_IN.map((name) => `${name}\n\n${licence(`node_modules/${name}/LICENSE`)}`);
  return filled("scripts/package/files/common/copyright", {
    LICENSE: licence("LICENSE"),
    OTHERS: others.join("\n\n----\n\n"),
  });
}

// Packages for RHEL and its relatives.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { copyright, PLACES, processorCheck, programs, service } from "./contents.js";
import { output } from "./tools.js";
import { filled, layOut, TIME, VERSION } from "./tree.js";

const FILES = "scripts/package/files/rpm";

/** As RHEL's own unit, it loads and saves without being told to. */
const SETTINGS = {
  RULES: "/etc/sysconfig/ipvsadm",
  SETTINGS: "/etc/sysconfig/ipvsadm-config",
  AUTO: "true",
  SAVE: "true",
};

const CONFIG = SETTINGS.SETTINGS.slice(1);

/**
 * @param {import("./make.js").Job} job
 * @returns {string} the package's file
 */
export function makeRpm({ executable, machine, work, folder }) {
  const root = join(work, "root");
  const places = { ...PLACES, zsh: "usr/share/zsh/site-functions" };
  const files = {
    ...programs(executable, places, { gzip: true }),
    ...service(SETTINGS),
    [CONFIG]: { from: `${FILES}/settings`, mode: 0o600 },
    [`${PLACES.documents}/copyright`]: { text: copyright() },
    [`${PLACES.documents}/CHANGELOG.md`]: { from: "CHANGELOG.md" },
    [`${PLACES.documents}/README.md`]: { from: "README.md" },
  };
  layOut(root, files);
  const spec = join(work, "ipvsadm-ts.spec");
  const list = Object.entries(files).map(([path, { gzip }]) => listed(path, gzip ? ".gz" : ""));
  const own = ["%dir /usr/libexec/ipvsadm-ts", "%dir /usr/share/doc/ipvsadm-ts"];
  const values = { VERSION, ROOT: root, FILES: [...own, ...list].join("\n"), PROCESSOR: processorCheck() };
  writeFileSync(spec, filled(`${FILES}/spec`, values));
  const top = join(work, "rpmbuild");
  mkdirSync(top);
  const define = (name, value) => ["--define", `${name} ${value}`];
  output(
    "rpmbuild",
    ["-bb", "--target", `${machine}-linux`, ...define("_topdir", top), ...define("_dbpath", join(work, "db")), spec],
    work,
    { SOURCE_DATE_EPOCH: String(TIME) },
  );
  const made = join(top, `RPMS/${machine}/ipvsadm-ts-${VERSION}-1.${machine}.rpm`);
  const file = join(folder, basename(made));
  renameSync(made, file);
  return file;
}

/** The line of the specification for a file. */
function listed(path, ending) {
  const kind = path === CONFIG ? "%config(noreplace) " : path.startsWith(PLACES.documents) ? "%doc " : "";
  return `${kind}/${path}${ending}`;
}

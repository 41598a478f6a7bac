// Packages for Debian and its relatives.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { copyright, PLACES, processorCheck, programs, service } from "./contents.js";
import { output } from "./tools.js";
import { filled, layOut, TIME, VERSION } from "./tree.js";

const FILES = "scripts/package/files/deb";
const REVISION = `${VERSION}-1`;

/** Whoever makes packages may put his name into them, as Debian's own tools have it. */
const MAINTAINER = `${process.env.DEBFULLNAME ?? "ipvsadm contributors"} <${process.env.DEBEMAIL ?? "ipvsadm@packages.invalid"}>`;

/** Debian's package has these two as well, and may be there with what its users wrote into them: postinst adds them where they are missing. */
const SETTINGS = { RULES: "/etc/ipvsadm.rules", SETTINGS: "/etc/default/ipvsadm", AUTO: "false", SAVE: "false" };

/**
 * @param {import("./make.js").Job} job
 * @returns {string} the package's file
 */
export function makeDeb({ executable, machine, work, folder }) {
  const root = join(work, "root");
  const places = { ...PLACES, zsh: "usr/share/zsh/vendor-completions" };
  const files = {
    ...programs(executable, places, { gzip: true }),
    ...service(SETTINGS),
    "usr/share/ipvsadm-ts/settings": { from: `${FILES}/settings` },
    "usr/share/ipvsadm-ts/rules": { from: `${FILES}/rules` },
    "usr/share/lintian/overrides/ipvsadm-ts": { from: `${FILES}/lintian-overrides` },
    [`${PLACES.documents}/copyright`]: { text: copyright() },
    [`${PLACES.documents}/changelog`]: { from: "CHANGELOG.md", gzip: true },
    [`${PLACES.documents}/changelog.Debian`]: { text: changelog(), gzip: true },
    [`${PLACES.documents}/README.md`]: { from: "README.md", gzip: true },
  };
  layOut(root, files);
  const kilobytes = Math.ceil(sizeOf(root) / 1024);
  const parts = { UNDIVERT: filled(`${FILES}/divert.sh`).trim(), PROCESSOR: processorCheck() };
  const script = (name) => ({ text: filled(`${FILES}/${name}`, parts), mode: 0o755 });
  const control = { VERSION: REVISION, ARCHITECTURE: machine, MAINTAINER, SIZE: String(kilobytes) };
  layOut(join(root, "DEBIAN"), {
    control: { text: filled(`${FILES}/control`, control) },
    md5sums: { text: md5sums(root) },
    ...Object.fromEntries(["preinst", "postinst", "prerm", "postrm"].map((name) => [name, script(name)])),
  });
  const file = join(folder, `ipvsadm-ts_${REVISION}_${machine}.deb`);
  // gzip: every dpkg reads it, and at this level it takes 4 seconds where xz takes 40 for a sixth less.
  const compression = ["-Zgzip", "-z4"];
  output("dpkg-deb", ["--root-owner-group", ...compression, "--build", root, file], work, {
    SOURCE_DATE_EPOCH: String(TIME),
  });
  return file;
}

/** Debian's changelog has a form of its own; ours is beside it. */
function changelog() {
  const date = new Date(TIME * 1000).toUTCString().replace("GMT", "+0000");
  return `ipvsadm-ts (${REVISION}) unstable; urgency=medium

  * Version ${VERSION}; what is new stands in changelog.gz.

 -- ${MAINTAINER}  ${date}
`;
}

/** The files of a package, which dpkg --verify holds them to. */
function md5sums(root) {
  const files = allFiles(root);
  return output("md5sum", ["--", ...files], root);
}

const sizeOf = (root) => allFiles(root).reduce((sum, file) => sum + statSync(join(root, file)).size, 0);

/** @returns {string[]} paths in the folder, sorted */
function allFiles(root) {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort();
}

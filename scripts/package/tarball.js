// Archives for all other systems, with a script that installs and takes back.
import { join } from "node:path";
import { copyright, PLACES, programs } from "./contents.js";
import { output } from "./tools.js";
import { layOut, TIME, VERSION } from "./tree.js";

/**
 * @param {import("./make.js").Job} job
 * @returns {string} the archive's file
 */
export function makeTarball({ executable, machine, work, folder }) {
  const name = `ipvsadm-${VERSION}-linux-${machine}`;
  // Below the prefix that the user chooses, and the programs in a folder that he may choose, too.
  const below = Object.entries(PLACES).map(([what, place]) => [what, `files/${place.replace(/^usr\//, "")}`]);
  const places = { ...Object.fromEntries(below), zsh: "files/share/zsh/site-functions" };
  layOut(join(work, name), {
    ...programs(executable, places, { gzip: false }),
    [`${places.units}/ipvsadm.service`]: { from: "scripts/ipvsadm.service" },
    [`${places.documents}/copyright`]: { text: copyright() },
    [`${places.documents}/CHANGELOG.md`]: { from: "CHANGELOG.md" },
    [`${places.documents}/README.md`]: { from: "README.md" },
    "install.sh": { from: "scripts/package/files/tarball/install.sh", mode: 0o755 },
  });
  const archive = join(folder, `${name}.tar`);
  const same = ["--sort=name", `--mtime=@${TIME}`, "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
  output("tar", [...same, "-cf", archive, name], work);
  output("gzip", ["-n", "-4", archive], folder);
  return `${archive}.gz`;
}

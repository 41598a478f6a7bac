// `npm run package`: packages of the executable in dist/packages. With words as arguments, only those formats and machines.
import { join } from "node:path";
import { makePackages } from "./package/make.js";
import { FORMATS, TARGETS } from "./package/targets.js";
import { ROOT, setUp } from "./setup.js";

const named = process.argv.slice(2);
const words = [...Object.keys(FORMATS), ...Object.keys(TARGETS)];
const unknown = named.filter((word) => !words.includes(word));
if (unknown.length > 0) {
  console.error(`no such package: ${unknown.join(", ")}; there are ${words.join(", ")}`);
  process.exit(2);
}

const choose = (all) => {
  const chosen = Object.keys(all).filter((name) => named.includes(name));
  return chosen.length > 0 ? chosen : Object.keys(all);
};

setUp();
for (const path of makePackages(join(ROOT, "dist/packages"), choose(FORMATS), choose(TARGETS))) console.log(path);

// Before a build: removes what the last one made, but not executables and packages, which have commands of their own.
import { existsSync, readdirSync, rmSync } from "node:fs";

const KEPT = ["executable", "packages"];

for (const name of existsSync("dist") ? readdirSync("dist") : []) {
  if (!KEPT.includes(name)) rmSync(`dist/${name}`, { recursive: true });
}

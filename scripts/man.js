// Makes the manual pages, dist/man/*.8, from the tables that the programs run on.
import { build } from "esbuild";

await build({
  entryPoints: ["scripts/man-tables.ts"],
  outfile: "build/man-tables.js",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
});
await import("./man-pages.js");

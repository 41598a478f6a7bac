// One CommonJS file for the three programs: it starts faster than ES modules or a tree of files.
import { build } from "esbuild";

await build({
  entryPoints: ["src/cli/index.ts"],
  outfile: "dist/programs.cjs",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  minifySyntax: true,
  legalComments: "none",
  // Native, or rarely needed: loaded from node_modules when it comes to it.
  external: ["netlink", "commander", "zod"],
});

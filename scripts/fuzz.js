// `npm run fuzz`: random inputs for everything that reads foreign text or bytes. `npm run fuzz -- --help` says what can be chosen.
import { build } from "esbuild";

await build({
  entryPoints: ["test/fuzz/main.ts", "test/fuzz/worker.ts"],
  outdir: "build/fuzz",
  bundle: true,
  splitting: true,
  sourcemap: "inline",
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
});
const { main } = await import("../build/fuzz/main.js");
process.exitCode = await main(process.argv.slice(2), (text) => process.stdout.write(text));

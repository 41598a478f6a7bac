// The article's NAT chapter, played on the kernel we run on (see scripts/start.js): test/lab/play.ts, TypeScript as all of the lab.
import { build } from "esbuild";

const play = new URL("../test/lab/play.ts", import.meta.url);
const { outputFiles } = await build({
  entryPoints: [play.pathname],
  bundle: true,
  write: false,
  platform: "node",
  target: "node20",
  format: "esm",
  // The lab's modules find their files next to them.
  define: { "import.meta.url": JSON.stringify(play.href) },
});
await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);

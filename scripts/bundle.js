// The programs as CommonJS files, which start faster than ES modules or a tree of files: programs.cjs is what every start needs,
// rare.cjs what `import()` asks for, and programs.cache what V8 made of the first.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { codeCache } from "./bundle/code-cache.js";
import { ownPackages } from "./bundle/packages.js";
import { splitBundle } from "./bundle/split.js";

const { everyday, rare } = await splitBundle(
  "src/cli/index.ts",
  { everyday: "./programs.cjs", rare: "./rare.cjs" },
  {
    platform: "node",
    target: "node20",
    format: "cjs",
    // A real `import()` would start Node's loader of ES modules.
    supported: { "dynamic-import": false },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    plugins: [ownPackages],
  },
);

// The first line tells bin/start.js whether the cache was made of this very file.
const source = `// ${createHash("sha256").update(everyday).digest("hex")}\n${everyday}`;
writeFileSync("dist/programs.cjs", source);
writeFileSync("dist/rare.cjs", rare);
writeFileSync("dist/programs.cache", await codeCache("dist/programs.cjs", source));

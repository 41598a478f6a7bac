// Two bundles that share their modules. esbuild can split ES modules only, and makes a file of every set of modules that are used
// together: twenty for one start.
import { relative, resolve } from "node:path";
import { build } from "esbuild";

/**
 * Bundles a module. What only `import()` asks for goes to a second file, which takes all that the first one holds from there: there
 * is but one of each module.
 *
 * @param {string} entry such as `src/index.ts`
 * @param {{ everyday: string, rare: string }} files how the two files require each other
 * @param {import("esbuild").BuildOptions} options
 * @returns {Promise<{ everyday: string, rare: string }>} the code of both
 */
export async function splitBundle(entry, files, options) {
  const asked = new Set();
  const toRare = instead(files.rare, (path, kind) => kind === "dynamic-import" && asked.add(path));
  const { metafile } = await bundle([`export * from "./${entry}";`], toRare, { ...options, metafile: true });
  const held = Object.keys(metafile.inputs).filter((path) => path.startsWith("src/"));
  const toEveryday = instead(files.everyday, (path) => held.includes(path));

  const imports = held.map((path, index) => `import * as module${index} from "./${path}";`);
  const modules = held.map((path, index) => `${JSON.stringify(path)}: () => module${index},`);
  const everyday = [`export * from "./${entry}";`, ...imports, "export const modules = {", ...modules, "};"];
  const rare = Array.from(asked, (path) => `${JSON.stringify(path)}: () => require("./${path}"),`);
  return {
    everyday: (await bundle(everyday, toRare, options)).outputFiles[0].text,
    rare: (await bundle(["exports.modules = {", ...rare, "};"], toEveryday, options)).outputFiles[0].text,
  };
}

function bundle(lines, plugin, options) {
  const plugins = [...(options.plugins ?? []), plugin];
  return build({
    ...options,
    stdin: { contents: lines.join("\n"), resolveDir: "." },
    bundle: true,
    write: false,
    plugins,
  });
}

/** A plugin that takes some modules of ours from the other file instead. */
function instead(file, applies) {
  return {
    name: file,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
        if (path === file) return { external: true };
        const source = relative(".", resolve(resolveDir, path)).replace(/\.js$/, ".ts");
        return applies(source, kind) ? { path: source, namespace: "instead" } : undefined;
      });
      onLoad({ filter: /.*/, namespace: "instead" }, ({ path }) => ({
        contents: `module.exports = require("${file}").modules["${path}"]();`,
        resolveDir: ".",
      }));
    },
  };
}

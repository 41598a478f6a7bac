// JavaScriptCore compiles what runs often a third time (FTL), with so much care that it costs more than our runs, of half a second at
// most, get out of it: a quarter of the CPU time of listing or restoring 37,000 servers. Bun has no switch for that, but a function
// that keeps a single one from it.

/** Rooms whose functions run for every service, server or rule. */
const ROOMS = /\/src\/(?:client|listing|model|options|render|restore|rules|wire)\/[^/]+\.ts$/;

const FUNCTIONS = /^(?:export )?(?:async )?function\*? ?(\w+)/gm;
/** Arrow functions that constants hold. */
const ARROWS = /^(?:export )?const (\w+)(?:: .*?)? = \(.*\)(?:: [^=]+)? =>/gm;
const CLASSES = /^(?:export )?class (\w+)/gm;

/**
 * Keeps the functions and methods that the files there declare from it; the ones within them are left alone.
 *
 * @type {import("bun").BunPlugin}
 */
export const withoutFtl = {
  name: "without FTL",
  setup({ onLoad }) {
    onLoad({ filter: ROOMS }, async ({ path }) => {
      const source = await Bun.file(path).text();
      // An overloaded function is declared more than once.
      const functions = new Set([...source.matchAll(FUNCTIONS), ...source.matchAll(ARROWS)].map(([, name]) => name));
      const classes = Array.from(source.matchAll(CLASSES), ([, name]) => name);
      const methods = classes.map((name) => `...Object.values(Object.getOwnPropertyDescriptors(${name}.prototype))`);
      const lines = [
        'import { noFTL as keepFromFtl } from "bun:jsc";',
        source,
        `for (const each of [${[...functions].join(", ")}]) keepFromFtl(each);`,
        `for (const { value, get } of [${methods.join(", ")}]) {`,
        '  for (const each of [value, get]) if (typeof each === "function") keepFromFtl(each);',
        "}",
      ];
      return { contents: lines.join("\n"), loader: "ts" };
    });
  },
};

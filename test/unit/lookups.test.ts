import { join, relative } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { own } from "../../src/model/own.js";

const ROOT = join(import.meta.dirname, "../..");

/** Files that look texts up in objects of their own making, or check before they do. */
const CHECKED: ReadonlySet<string> = new Set(["model/own.ts", "wire/codec.ts", "host/firewall/nft-json.ts"]);

it("a table has no entries that nobody wrote", () => {
  for (const text of ["constructor", "toString", "__proto__", "valueOf"]) expect(own({ a: 1 }, text)).toBeUndefined();
  expect(own({ a: 1 }, "a")).toBe(1);
});

/** `TABLE[text]` finds `constructor` in every object: foreign texts are looked up with `own`, or in a Map. */
it("no file looks a text up in an object", { timeout: 0 }, () => {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
  const config = ts.getParsedCommandLineOfConfigFile(join(ROOT, "tsconfig.json"), {}, host)!;
  const program = ts.createProgram(config.fileNames, config.options);
  const checker = program.getTypeChecker();
  const found: string[] = [];
  for (const name of config.fileNames) {
    const file = relative(join(ROOT, "src"), name);
    const visit = (node: ts.Node): void => {
      if (ts.isElementAccessExpression(node) && mayBeText(checker.getTypeAtLocation(node.argumentExpression))) {
        found.push(`${file}: ${node.getText()}`);
      }
      ts.forEachChild(node, visit);
    };
    if (!CHECKED.has(file)) visit(program.getSourceFile(name)!);
  }
  expect(found).toEqual([]);
});

/** Names that the program itself has written are types of their own. */
function mayBeText(type: ts.Type): boolean {
  const { Any, Unknown, String: Text, ESSymbol } = ts.TypeFlags;
  return (type.isUnion() ? type.types : [type]).some(({ flags }) => flags & (Any | Unknown | Text | ESSymbol));
}

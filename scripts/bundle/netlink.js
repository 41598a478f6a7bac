// What the bundle makes of `netlink/dist/raw.js`: it is part of the bundle, runs when the first socket is opened, and takes its
// native binding from where the package has it, without node-gyp-build's search.
import { createRequire } from "node:module";

const { resolve } = createRequire(import.meta.url);

/** Stands for the module until a socket is opened. */
const FACADE = `
let Socket;
exports.RawNetlinkSocket = class {
  constructor(...args) {
    Socket ??= require("netlink/dist/raw.js?real").RawNetlinkSocket;
    return new Socket(...args);
  }
};`;

/** Stands for node-gyp-build, which knows more places: it finds what a compiler built where the package's binary is no use. */
const BINDING = `
module.exports = () => {
  try {
    return require("netlink/prebuilds/linux-" + process.arch + "/node.napi.node");
  } catch {
    const manifest = require.resolve("netlink/package.json");
    const search = require("node:module").createRequire(manifest)("node-gyp-build");
    return search(require("node:path").dirname(manifest));
  }
};`;

const STUBS = { facade: FACADE, binding: BINDING };

/** @type {import("esbuild").Plugin} */
export const lazyNetlink = {
  name: "lazy netlink",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^netlink\/dist\/raw\.js$/ }, () => ({ path: "facade", namespace: "stub" }));
    onResolve({ filter: /^netlink\/dist\/raw\.js\?real$/ }, () => ({ path: resolve("netlink/dist/raw.js") }));
    onResolve({ filter: /^node-gyp-build$/ }, () => ({ path: "binding", namespace: "stub" }));
    onLoad({ filter: /.*/, namespace: "stub" }, ({ path }) => ({ contents: STUBS[path], resolveDir: "." }));
  },
};

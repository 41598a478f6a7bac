// What the bundle makes of the packages that it does not hold, or not as they are. The native binding of netlink, commander and zod are
// loaded from this package's own node_modules, by absolute path and from nowhere else: Node.js would also look where NODE_PATH and
// HOME say, and the search of node-gyp-build where NETLINK_PREBUILD does, and what is found there would run as root.
import { createRequire } from "node:module";

const { resolve } = createRequire(import.meta.url);

/** Stands for `netlink/dist/raw.js`, which loads the binding, until the first socket is opened. */
const FACADE = `
let Socket;
exports.RawNetlinkSocket = class {
  constructor(...args) {
    Socket ??= require("netlink/dist/raw.js?real").RawNetlinkSocket;
    return new Socket(...args);
  }
};`;

/** Stands for node-gyp-build: the binding that netlink brings for this processor, or one that a compiler made of its source. */
const BINDING = `
const FOLDER = require("node:path").join(__dirname, "../node_modules/netlink");
const FILES = [FOLDER + "/prebuilds/linux-" + process.arch + "/node.napi.node", FOLDER + "/build/Release/netlink_binding.node"];
module.exports = () => {
  const reasons = [];
  for (const file of FILES) {
    try {
      return require(file);
    } catch ({ code, message }) {
      if (code !== "MODULE_NOT_FOUND") reasons.push(message.split("\\n", 1)[0]);
    }
  }
  const [reason = FILES[0] + " does not exist"] = reasons;
  throw Object.assign(new Error("no native binding of the netlink package: " + reason), { code: "NO_BINDING" });
};`;

/** Stands for a package that is rarely needed. */
const external = (name) => `module.exports = require(require("node:path").join(__dirname, "../node_modules/${name}"));`;

const STUBS = { facade: FACADE, binding: BINDING, commander: external("commander"), zod: external("zod") };

const stub = (path) => ({ path, namespace: "stub" });

/** @type {import("esbuild").Plugin} */
export const ownPackages = {
  name: "own packages",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^netlink\/dist\/raw\.js$/ }, () => stub("facade"));
    onResolve({ filter: /^\.\/raw$/ }, ({ importer }) =>
      importer.includes("/netlink/dist/") ? stub("facade") : undefined,
    );
    onResolve({ filter: /^netlink\/dist\/raw\.js\?real$/ }, () => ({ path: resolve("netlink/dist/raw.js") }));
    onResolve({ filter: /^node-gyp-build$/ }, () => stub("binding"));
    onResolve({ filter: /^(commander|zod)$/ }, ({ path }) => stub(path));
    onLoad({ filter: /.*/, namespace: "stub" }, ({ path }) => ({ contents: STUBS[path], resolveDir: "." }));
  },
};

// Loaded before a program by scripts/startup.js: measures the phases of its run and prints them as JSON to descriptor 3.
const fs = require("node:fs");
const Module = require("node:module");
const vm = require("node:vm");

const started = performance.now();
const phases = { "Node.js until our first line": started };
/** Time of the phases inside the one that runs. */
let inside = 0;

/** Wraps a function: what it takes, less what phases inside it take, counts as `phase`. */
function timed(phase, original) {
  return function (...args) {
    const name = typeof phase === "function" ? phase(...args) : phase;
    if (name === undefined) return Reflect.apply(original, this, args);
    const outside = inside;
    inside = 0;
    const begin = performance.now();
    try {
      return new.target ? Reflect.construct(original, args) : Reflect.apply(original, this, args);
    } finally {
      const total = performance.now() - begin;
      phases[name] = (phases[name] ?? 0) + total - inside;
      inside = outside + total;
    }
  };
}

fs.readFileSync = timed((path) => (/dist.programs/.test(path) ? "reading the bundle" : undefined), fs.readFileSync);
const { Script } = vm;
vm.Script = timed("compiling it", Script);
Script.prototype.runInThisContext = ((original) =>
  function (...args) {
    return timed("evaluating its modules", original.apply(this, args));
  })(Script.prototype.runInThisContext);
process.dlopen = timed("loading the netlink binding", process.dlopen);
const load = Module._load;
Module._load = timed(
  (name) => (name === "node:child_process" ? "loading node:child_process" : undefined),
  function (name, ...rest) {
    const loaded = load.call(this, name, ...rest);
    if (name === "node:child_process") loaded.spawnSync = timed("modprobe", loaded.spawnSync);
    return loaded;
  },
);

process.on("exit", () => {
  const measured = Object.values(phases).reduce((sum, time) => sum + time, 0);
  phases["the rest: arguments, the kernel"] = performance.now() - measured;
  fs.writeSync(3, JSON.stringify(phases));
});

// What packages there are: formats, the machines they are for, and what these are called everywhere.
import { makeDeb } from "./deb.js";
import { makeRpm } from "./rpm.js";
import { makeTarball } from "./tarball.js";

/** Makes one package of a job (make.js), and tells its file. */
export const FORMATS = { deb: makeDeb, rpm: makeRpm, tarball: makeTarball };

/**
 * Machines: the runtime's package on npm, the C library's name for its loader, and the machine's name in each format that has
 * packages for it. Bun's package for older amd64 processors, `bun-linux-x64-baseline`, holds the same program as `bun-linux-x64`.
 */
export const TARGETS = {
  amd64: { runtime: "@oven/bun-linux-x64", libc: "libc.so.6", deb: "amd64", rpm: "x86_64", tarball: "x64" },
  arm64: { runtime: "@oven/bun-linux-aarch64", libc: "libc.so.6", deb: "arm64", rpm: "aarch64", tarball: "arm64" },
  "amd64-musl": { runtime: "@oven/bun-linux-x64-musl", libc: "libc.so", tarball: "x64-musl" },
  "arm64-musl": { runtime: "@oven/bun-linux-aarch64-musl", libc: "libc.so", tarball: "arm64-musl" },
};

// Run by Bun, with a job of scripts/executable.js as JSON: compiles the programs into one file.
import { withoutFtl } from "./without-ftl.js";

const { runtime, libc, outfile } = JSON.parse(process.argv[2]);

/** The netlink package's binding needs Node.js: the executable reaches the kernel through the C library instead. */
const socketOfLibc = {
  name: "socket of libc",
  setup({ onLoad }) {
    const { pathname } = new URL("../../src/client/libc-socket.ts", import.meta.url);
    onLoad({ filter: /\/src\/client\/socket\.ts$/ }, () => ({
      contents: `export { openSocket } from ${JSON.stringify(pathname)};`,
      loader: "ts",
    }));
  },
};

const { success, logs } = await Bun.build({
  entrypoints: ["src/cli/executable.ts"],
  target: "bun",
  format: "esm",
  minify: true,
  // What a command does not need is neither read nor decoded, and what it needs is compiled already.
  splitting: true,
  bytecode: true,
  plugins: [socketOfLibc, withoutFtl],
  define: { LIBC: JSON.stringify(libc) },
  throw: false,
  compile: {
    outfile,
    executablePath: runtime,
    // Machine code pays for itself later than Bun assumes: most runs are over in a few milliseconds.
    jitPolicy: 3,
    // It runs as root in any folder: files there must not change what it does.
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
  },
});
for (const log of logs) console.error(String(log));
process.exit(success ? 0 : 1);

// `npm run lab -- CHAPTER`: chapters of the lab on a real kernel: nat, dr, tun, fwmark, ...; without a name all of them.
import { must, setUp } from "./setup.js";

setUp();
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--config", "test/lab/vitest.config.ts"];
must("bash", ["scripts/kernel.sh", "--", process.execPath, ...vitest, ...process.argv.slice(2)]);

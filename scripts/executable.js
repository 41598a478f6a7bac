// `npm run executable`: the three programs as one file that needs no Node.js, for this machine, in dist/executable.
import { join } from "node:path";
import { makeExecutable } from "./executable/make.js";
import { install, ROOT } from "./setup.js";

install();
makeExecutable(join(ROOT, "dist/executable"));

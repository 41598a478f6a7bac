/** The programs, as the bundle offers them to bin/. */
export { processIo } from "../program/io.js";
export { visible } from "../program/visible.js";
export { main as ipvsadm } from "./main.js";
export { restore as ipvsadmRestore } from "./restore.js";
export { save as ipvsadmSave } from "./save.js";

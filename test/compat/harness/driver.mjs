// Runs our programs inside one process, many times: a process start costs far more than a command in User Mode Linux.
// Started by subject.ts with an IPC channel as `node driver.mjs BUNDLE`, in the namespaces of a shell.
import { createRequire } from "node:module";

const programs = createRequire(import.meta.url)(process.argv[2]);
const mains = {
  ipvsadm: programs.ipvsadm,
  "ipvsadm-save": programs.ipvsadmSave,
  "ipvsadm-restore": programs.ipvsadmRestore,
};

process.on("message", async ({ program, args, stdin }) => {
  let stdout = "";
  let stderr = "";
  const io = {
    env: process.env,
    readInput: () => Buffer.from(stdin).toString("utf8"),
    out(text) {
      stdout += programs.visible(String(text));
    },
    err(text) {
      stderr += programs.visible(text);
    },
  };
  let status;
  try {
    status = await mains[program]([program, ...args], io);
  } catch (error) {
    // What bin/ would leave to Node: a stack on stderr and status 1.
    stderr += error.stack;
    status = 1;
  }
  const bytes = (text) => Buffer.from(text, "utf8").toString("latin1");
  process.send({ stdout: bytes(stdout), stderr: bytes(stderr), status });
});
process.send("ready");

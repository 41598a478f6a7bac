#!/usr/bin/env node
const { ipvsadmSave } = require("../dist/programs.cjs");

ipvsadmSave(["ipvsadm-save", ...process.argv.slice(2)]).then((status) => {
  process.exit(status);
});

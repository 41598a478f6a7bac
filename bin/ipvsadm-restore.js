#!/usr/bin/env node
const { ipvsadmRestore } = require("../dist/programs.cjs");

ipvsadmRestore(["ipvsadm-restore", ...process.argv.slice(2)]).then((status) => {
  process.exit(status);
});

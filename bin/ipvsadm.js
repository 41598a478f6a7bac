#!/usr/bin/env node
const { ipvsadm } = require("../dist/programs.cjs");

ipvsadm(["ipvsadm", ...process.argv.slice(2)]).then((status) => {
  process.exit(status);
});

#!/usr/bin/env node
require("./start.js").start("ipvsadm-restore", "ipvsadmRestore");

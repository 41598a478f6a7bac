#!/usr/bin/env node
require("./start.js").start("ipvsadm-save", "ipvsadmSave");

#!/bin/sh
":" //; { true 3>&1; } 2>/dev/null || exec 1</dev/null; exec node "$0" "$@"
// To a shell the lines above, which start Node.js, are all there is: only before it starts can a closed standard output be told from
// /dev/null, which Node.js puts in its place. What cannot be written to, here a descriptor for reading, fails as it should.
require("./start.js").start("ipvsadm-restore", "ipvsadmRestore");

// To be loaded before the netlink package, which takes its native binding from wherever this variable says: code that runs with the
// rights of the process. The package brings its own. (The programs do not need this: see scripts/bundle/packages.js.)
delete process.env.NETLINK_PREBUILD;

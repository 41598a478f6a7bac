#!/bin/sh
# A place to run commands in: started by shell.ts as `unshare --net --mount sh namespace.sh WORK`, so the network namespace
# (and with it the IPVS table) and all mounts are its own and vanish with it. WORK/etc is an /etc of the test's making.
# Reads the names of batch files from standard input, runs each and answers with its name.
set -e
ip -batch - <<END
link set lo up
link add d0 type dummy
addr add 10.255.0.1/24 dev d0
link set d0 up
link add down0 type dummy
END
mkdir -p "$1/host-etc"
mount --bind /etc "$1/host-etc"
mount --bind "$1/etc" /etc
set +e

# Waits until the threads of sync daemons have begun to run: the kernel may forget to answer whoever stops one earlier, and the
# original waits for ever.
settle() {
	for stat in /proc/[0-9]*/stat; do
		read -r _ name state _ <"$stat" || continue
		case $name$state in
		"(ipvs-"*")S") ;;
		"(ipvs-"*) sleep 0.01 && settle && return ;;
		esac
	done 2>/dev/null
}

echo ready
while read -r batch; do
	. "$batch"
	echo "$batch"
done

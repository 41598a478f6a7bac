#!/bin/bash
# Makes this namespace a director between a client (10.9.0.2, 2001:db8:9::2) and a real server (10.8.0.2, 2001:db8:8::2), each in
# a namespace of its own that lives as long as a process here. Prints their process ids.
set -e
places=()
for _ in client server; do
	unshare --net sleep 3600 </dev/null >/dev/null 2>&1 &
	until [ "$(readlink "/proc/$!/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
	places+=("$!")
done
sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1

# link NETWORK PID: a veth pair with .1 here and .2 there, where we are also the way to everywhere else.
link() {
	ip link add "net$1" type veth peer name eth0 netns "$2"
	ip addr add "10.$1.0.1/24" dev "net$1"
	ip addr add "2001:db8:$1::1/64" dev "net$1" nodad
	ip link set "net$1" up
	nsenter "--net=/proc/$2/ns/net" ip -batch - <<-END
		link set lo up
		addr add 10.$1.0.2/24 dev eth0
		addr add 2001:db8:$1::2/64 dev eth0 nodad
		link set eth0 up
		route add default via 10.$1.0.1
		route add default via 2001:db8:$1::1
	END
}
link 9 "${places[0]}"
link 8 "${places[1]}"
echo "${places[@]}"

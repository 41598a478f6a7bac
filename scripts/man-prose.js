// What the manual page of ipvsadm says that no table of the program knows.

export const DESCRIPTION = [
  "ipvsadm sets up and shows the virtual server table of the Linux kernel (IPVS). A host with such a table, the director, takes the connections to a virtual service and spreads them over real servers: by NAT, by direct routing or through tunnels. TCP, UDP and SCTP are supported, over IPv4 and IPv6, and whatever the firewall marks.",
  "The first argument is a command: an option such as -A, as in ipvsadm 1.31, or a subcommand such as `diff`. Without any it is -L. An argument may follow its option as in `-w 5`, `-w5`, `-w=5`, `--weight 5` or `--weight=5`; letters may stand together, as in -Ln. Long names cannot be abbreviated.",
  "SERVICE stands for one of -t, -u, --sctp-service and -f with its argument.",
  "Everything but -h, -v, `ipvsadm help`, `check`, `schema`, `completion` and the comparison of two files needs the capability CAP_NET_ADMIN in the initial user namespace, that is, root. The table belongs to the network namespace that the program runs in. The module ip_vs is loaded when it is needed.",
];

export const ENVIRONMENT = {
  POSIXLY_CORRECT: "If set, the first argument that is not an option ends the options.",
};

export const FILES = {
  "/proc/net/ip_vs": "The table as everybody may read it; what completion offers comes from here.",
  "/proc/net/ip_vs_conn": "The connections that -c lists.",
  "/proc/sys/net/ipv4/vs/": "Settings of IPVS, described in ipvs-sysctl.rst of the kernel's documentation.",
  "/run/ipvsadm/": "What `drain` and `revert` have to put back, for each network namespace; gone after a reboot.",
};

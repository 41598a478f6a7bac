import type { CommandName } from "../options/options.js";

/** A command line and what it does. */
export interface Example {
  /** Without the program's name. */
  readonly line: string;
  readonly means: string;
}

/** What the manual says of a command beyond the table of commands. */
export interface Page {
  /** Paragraphs. */
  readonly text: readonly string[];
  readonly examples: readonly Example[];
}

/** The commands of ipvsadm 1.31 in prose. */
export const COMMAND_PAGES: Readonly<Record<CommandName, Page>> = {
  "add-service": {
    text: [
      "Creates a virtual service: an address, protocol and port, or a firewall mark, whose connections are spread over real servers. It has no servers yet; add them with -a.",
      "The address has to be one of this director (or, for marks, the packets have to be delivered to it), else IPVS never sees a packet: ipvsadm doctor tells. Port 0 stands for all ports that have no service of their own, and needs -p.",
    ],
    examples: [
      { line: "-A -t 192.0.2.1:80 -s rr", means: "HTTP, servers in turn" },
      { line: "-A -u [2001:db8::1]:53 -s sh -o", means: "DNS over IPv6, every packet scheduled by its client" },
      { line: "-A -f 7 -s wlc -p 600", means: "whatever the firewall marks with 7; clients keep their server" },
    ],
  },
  "edit-service": {
    text: [
      "Redefines a virtual service. What is not named goes back to its default: without -s the scheduler becomes wlc, without -p persistence ends. To change one thing and nothing else, use the subcommand set.",
    ],
    examples: [
      { line: "-E -t 192.0.2.1:80 -s wrr", means: "another scheduler, no persistence, no flags" },
      { line: "set -t 192.0.2.1:80 -s wrr", means: "another scheduler, all else as it is" },
    ],
  },
  "delete-service": {
    text: ["Removes a virtual service and its servers. Packets of its connections are no longer forwarded."],
    examples: [{ line: "-D -t 192.0.2.1:80", means: "remove it" }],
  },
  flush: {
    text: ["Removes all virtual services. All traffic through them stops at once."],
    examples: [{ line: "-C", means: "remove everything" }],
  },
  list: {
    text: [
      "Shows services and their servers, all of them or one; with -c, --timeout or --daemon something else. One layout of --stats, --rate, --thresholds, --persistent-conn and --tun-info counts, in this order.",
      "ActiveConn counts established TCP connections, InActConn all other entries; UDP has inactive ones only.",
      "Without -n the names of addresses and ports are looked up, all at once and for at most five seconds, and cut to the width of the columns unless --wide is given.",
    ],
    examples: [
      { line: "-Ln", means: "everything, in numbers" },
      { line: "-Ln --stats --exact -t 192.0.2.1:80", means: "the counters of one service, all digits" },
      { line: "-Ln -r 10.0.0.1", means: "every service that has this server" },
      { line: "-Ln --only udp,fwmark --weight-zero", means: "servers without new clients, of some services" },
      { line: "-Lnc --client 198.51.100.0/24 --state SYN_RECV", means: "connections that a network began" },
      { line: "-L --json", means: "everything that the kernel knows, for programs" },
    ],
  },
  zero: {
    text: ["Sets the counters of one service with its servers, or of all, to zero. Connections are not touched."],
    examples: [
      { line: "-Z", means: "all counters" },
      { line: "-Z -t 192.0.2.1:80", means: "of one service" },
    ],
  },
  "add-server": {
    text: [
      "Adds a real server to a virtual service. How packets reach it: -g (direct routing: same network, same port, the server has the virtual address too), -i (tunnel: same port, the server has the virtual address too) or -m (NAT: any port, replies have to come back through this director).",
      "A server without a port has the port of the service, and so has one by -g or -i whatever port is typed, unless --raw port=N says otherwise. For firewall marks it has port 0, the one that the client asked for.",
    ],
    examples: [
      { line: "-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 2", means: "by NAT, to another port, twice the load" },
      { line: "-a -t 192.0.2.1:80 -r 192.0.2.10 -g -x 1000 -y 800", means: "direct routing, 1000 connections at most" },
      { line: "-a -t 192.0.2.1:80 -r 198.51.100.7 -i --tun-type gue --tun-port 6080", means: "in UDP packets" },
    ],
  },
  "edit-server": {
    text: [
      "Redefines a real server. What is not named goes back to its default: without -m or -i the server becomes one by direct routing, without -w its weight is 1, and thresholds are 0. To change one thing and nothing else, use the subcommand set.",
      "A weight of 0 gives a server no new clients while its connections go on; the subcommand drain waits for their end.",
    ],
    examples: [
      { line: "-e -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 5", means: "weight 5, and still by NAT" },
      { line: "set -t 192.0.2.1:80 -r 10.0.0.1:8080 -w 5", means: "weight 5, all else as it is" },
    ],
  },
  "delete-server": {
    text: [
      "Removes a real server from a virtual service. Packets of its connections are dropped, or, with the sysctl net.ipv4.vs.expire_nodest_conn, get another server if the client begins anew. To let connections end first, use the subcommand drain.",
    ],
    examples: [{ line: "-d -t 192.0.2.1:80 -r 10.0.0.1:8080", means: "remove it from this service" }],
  },
  set: {
    text: [
      "Sets how many seconds idle entries of connections are kept: TCP sessions, TCP sessions after a FIN, UDP. 0 leaves a timeout as it is; at most 31 days.",
    ],
    examples: [{ line: "--set 900 120 300", means: "the values that a kernel begins with" }],
  },
  restore: {
    text: [
      "Runs commands from standard input, one a line, on top of what is there, as ipvsadm -S writes them. Blank lines and comments from # on are ignored. All of it is read before the first change: a mistake names its line and changes nothing. Commands that the kernel refuses name their line, and the lines after them still run.",
      "The exit status is 255 if something that a refused line asked for is missing at the end. It is 0 if nothing is: the line deleted what was not there, or added what was there just so, or a later line made up for it.",
      "This is the way to make many changes fast. ipvsadm-restore and the subcommand apply make the table equal to a file instead.",
    ],
    examples: [{ line: "-R < changes.rules", means: "run the commands of a file" }],
  },
  save: {
    text: [
      "Prints the table as commands that -R, apply and ipvsadm-restore read, addresses and ports always as numbers. Timeouts and sync daemons are written with --all only.",
      "With --nosort, services and servers stand in the order in which they were added, so that a restore into an empty table gives the kernel's lists again: with the schedulers sh, dh and mh the order of the servers decides which client gets which server.",
    ],
    examples: [
      { line: "-S --all > ipvsadm.rules", means: "everything that can be restored" },
      { line: "-S --json", means: "the same as JSON" },
      { line: "-S --nosort", means: "with the order of the servers" },
    ],
  },
  "start-daemon": {
    text: [
      "Starts a daemon in the kernel that sends the state of connections by multicast (master), or receives it (backup), so that another director can go on with them. A director may run both.",
      "Both directors need the same group, port and, unless the backup has 0, the same syncid.",
    ],
    examples: [
      { line: "--start-daemon master --mcast-interface eth1 --syncid 1", means: "send on eth1" },
      { line: "--start-daemon backup --mcast-interface eth1 --syncid 1", means: "receive what that one sends" },
    ],
  },
  "stop-daemon": {
    text: ["Stops the daemon that sends, or the one that receives."],
    examples: [{ line: "--stop-daemon master", means: "send no more" }],
  },
  help: {
    text: ["Shows all commands and options in short. ipvsadm help COMMAND tells more of one."],
    examples: [
      { line: "help -A", means: "how to add a service" },
      { line: "help apply", means: "how to make the table equal to a file" },
    ],
  },
  version: {
    text: ["Shows the version of ipvsadm that this one behaves as, and its own. Needs neither root nor a kernel."],
    examples: [{ line: "-v", means: "version numbers" }],
  },
};

import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { readEdit } from "../../../src/edit/options.js";
import { define } from "../../../src/edit/subcommand.js";
import { UsageError } from "../../../src/errors.js";
import type { Read } from "../../../src/program/subcommand-options.js";
import { names, words } from "../options/parsing.js";

/** What a command line asks for, read by the very command that the program runs. */
function read(line: string): ReturnType<typeof readEdit> {
  const io = { readInput: () => "", out() {}, steer() {}, err() {}, env: {} };
  let options: Read = {};
  const command = define(new Command("set"), { program: "ipvsadm", io, subcommands: {}, exit() {} });
  command.exitOverride().action((read: Read) => {
    options = read;
  });
  command.parse(words(line), { from: "user" });
  return readEdit(options, names);
}

const vip = { protocol: "tcp", address: "10.0.0.1", port: 80 };

describe("services and servers", () => {
  it.each([
    ["-t 10.0.0.1:80", vip],
    ["-t=10.0.0.1:80", vip],
    ["--tcp-service=vip:http", vip],
    ["-u 10.0.0.1:domain", { protocol: "udp", address: "10.0.0.1", port: 53 }],
    ["--sctp-service [2001:db8::1]:5", { protocol: "sctp", address: "2001:db8::1", port: 5 }],
    ["-t 10.0.0.1", { ...vip, port: 0 }],
    ["-f 4294967295", { fwmark: 4294967295, family: "ipv4" }],
    ["-6 -f 7", { fwmark: 7, family: "ipv6" }],
  ])("%s", (line, service) => expect(read(`${line} -s rr`).service).toEqual(service));

  it.each([
    ["-r 10.0.1.1", [{ address: "10.0.1.1", port: 80 }]],
    [
      "-r rs1:www -r 10.0.1.2:81",
      [
        { address: "10.0.1.1", port: 80 },
        { address: "10.0.1.2", port: 81 },
      ],
    ],
    ["--all", "all"],
  ])("%s", (line, servers) => expect(read(`-w 1 ${line} -t 10.0.0.1:80`).edit.servers).toEqual(servers));

  it("takes port 0 for servers of marks", () => {
    expect(read("-f 1 -r 10.0.1.1 -w 1").edit.servers).toEqual([{ address: "10.0.1.1", port: 0 }]);
  });
});

describe("changes of servers", () => {
  it.each([
    ["-w 9", { weight: 9 }],
    ["-w9", { weight: 9 }],
    ["-w=0", { weight: 0 }],
    ["--weight=2147483647", { weight: 2147483647 }],
    ["-x 10 -y 5", { upperThreshold: 10, lowerThreshold: 5 }],
    ["-m", { forwarding: "masq" }],
    ["--gatewaying", { forwarding: "route" }],
    [
      "-i --tun-type gue --tun-port 6080 --tun-csum",
      { forwarding: "tunnel", tunnelType: "gue", tunnelPort: 6080, tunnelChecksum: "tun-csum" },
    ],
    ["--tun-remcsum", { tunnelChecksum: "tun-remcsum" }],
    ["--tun-nocsum", { tunnelChecksum: "tun-nocsum" }],
  ])("%s", (line, server) => {
    const { edit } = read(`-t 10.0.0.1:80 --all ${line}`);
    expect(edit).toEqual({ servers: "all", server });
  });
});

describe("changes of services", () => {
  it.each([
    ["-s rr", { scheduler: "rr" }],
    ["-p", { persistent: true }],
    ["-p 60", { persistent: 60 }],
    ["-p -s rr", { persistent: true, scheduler: "rr" }],
    ["--persistent=60", { persistent: 60 }],
    ["--no-persistent", { persistent: false }],
    ["-M 255.255.255.0", { netmask: "255.255.255.0" }],
    ["-M 24", { netmask: "255.255.255.0" }],
    ["--pe sip", { persistenceEngine: "sip" }],
    ["--no-pe", { persistenceEngine: false }],
    ["-o", { onePacket: true }],
    ["--no-ops", { onePacket: false }],
    ["-b sh-port,-sh-fallback", { schedulerFlags: "sh-port,-sh-fallback" }],
    ["-b -flag-1", { schedulerFlags: "-flag-1" }],
    ["--no-sched-flags", { schedulerFlags: false }],
  ])("%s", (line, service) => {
    expect(read(`-t 10.0.0.1:80 ${line}`).edit).toEqual({ servers: [], service });
  });

  it("takes a prefix length for IPv6", () => {
    expect(read("-t [2001:db8::1]:80 -M 64").edit.service).toEqual({ netmask: 64 });
  });
});

describe("refusals", () => {
  it.each([
    ["-w 1", "name the service with -t, -u, --sctp-service or -f"],
    ["-t 10.0.0.1:80", "nothing to change is named"],
    ["-t 10.0.0.1:80 -w 1", "name the servers with -r, or --all of the service"],
    ["-t 10.0.0.1:80 -r 10.0.1.1", "nothing to change in the servers is named"],
    ["-t 10.0.0.1:80 -r 10.0.1.1 --all -w 1", "-r and --all exclude each other"],
    ["-t 10.0.0.1:80 -u 10.0.0.1:80 -s rr", "multiple 'service-address' options specified"],
    ["-t 10.0.0.1:80 -t 10.0.0.1:81 -s rr", "multiple 'service-address' options specified"],
    ["-t 10.0.0.1:80 -6 -s rr", "-6 goes with -f only"],
    ["-t 10.0.0.1:99999 -s rr", "illegal virtual server address[:port] specified"],
    ["-f 0 -s rr", "invalid fwmark value `0' specified"],
    ["-t 10.0.0.1:80 -r nohost -w 1", "illegal real server address[:port] specified"],
    ["-t 10.0.0.1:80 --all -w -1", "illegal weight specified"],
    ["-t 10.0.0.1:80 --all -w 1 -w 2", "multiple 'weight' options specified"],
    ["-t 10.0.0.1:80 --all -x 5k", "illegal u_threshold specified"],
    ["-t 10.0.0.1:80 --all -m -g", "multiple 'forwarding-method' options specified"],
    ["-t 10.0.0.1:80 --all --tun-type GUE", "illegal tunnel type specified"],
    ["-t 10.0.0.1:80 --all --tun-csum --tun-nocsum", "multiple 'checksum' options specified"],
    ["-t 10.0.0.1:80 -p 0", "invalid timeout value `0' specified"],
    ["-t [2001:db8::1]:80 -M 129", "illegal ipv6 netmask specified"],
    ['-t 10.0.0.1:80 -s ""', "no name follows --scheduler"],
    ['-t 10.0.0.1:80 --pe ""', "no name follows --pe"],
  ])("%s", (line, message) => expect(() => read(line)).toThrow(new UsageError(message)));
});

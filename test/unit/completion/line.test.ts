import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SUBCOMMANDS } from "../../../src/cli/subcommands.js";
import { completeLine } from "../../../src/completion/line.js";
import { sshHosts } from "../../../src/completion/ssh-hosts.js";
import type { Live } from "../../../src/completion/values.js";
import type { ServiceKey } from "../../../src/model/service.js";
import { COMMANDS } from "../../../src/options/options.js";
import { server, tcp } from "../render/samples.js";

const fwmark = (key: ServiceKey) => ({ ...key, scheduler: "rr", flags: 0, timeout: 0, netmask: "255.255.255.255" });

const live: Live = {
  table: () => [
    { service: tcp("192.0.2.1", 80), destinations: [server("10.0.0.1", 8080), server("10.0.0.2", 80, { weight: 0 })] },
    { service: tcp("192.0.2.1", 443), destinations: [server("10.0.0.3", 443)] },
    { service: tcp("2001:db8::1", 80), destinations: [server("2001:db8::2", 80, { forwarding: "tunnel" })] },
    { service: tcp("192.0.2.1", 53, { protocol: "udp" }), destinations: [server("10.0.0.1", 53)] },
    { service: fwmark({ fwmark: 7, family: "ipv4" }), destinations: [] },
    { service: fwmark({ fwmark: 7, family: "ipv6" }), destinations: [server("2001:db8::9", 0)] },
  ],
  interfaces: () => ["lo", "eth0", "eth1"],
  sshHosts: () => ["lb1", "lb2"],
};

const io = { readInput: () => "", out() {}, steer() {}, err() {}, env: {} };

/** What is offered for the last word of a line; `words` are separated by one blank. */
async function offered(line: string): Promise<string[]> {
  const text = await completeLine(
    line.split(" "),
    { program: "ipvsadm", io, subcommands: SUBCOMMANDS, exit() {} },
    live,
  );
  return text.split("\n").slice(0, -1);
}

const values = async (line: string) => (await offered(line)).map((row) => row.split("\t")[0]);

describe("the first word", () => {
  it("is a subcommand, or a command with dashes", async () => {
    expect(await values("ipvsadm ")).toEqual([
      ...Object.keys(SUBCOMMANDS),
      ...COMMANDS.flatMap((row) => ("short" in row ? [`-${row.short[0]}`] : [])),
      ...COMMANDS.map(({ long }) => `--${long}`),
    ]);
    expect(await offered("ipvsadm app")).toEqual([`apply\t${SUBCOMMANDS.apply!.summary}`]);
    expect(await offered("ipvsadm --add-serv")).toEqual([
      "--add-service\tcreate a service",
      "--add-server\tadd a server",
    ]);
    expect(await values("ipvsadm -a")).toEqual(["-a"]);
  });
});

it("subcommands with files, virtual addresses and schemas of their own", async () => {
  expect(await offered("ipvsadm where --all ")).toEqual([":files"]);
  expect(await offered("ipvsadm doctor --peer ")).toEqual([":files"]);
  expect(await values("ipvsadm where 203.0.113.7 -f 7 --vip 192")).toEqual(await values("ipvsadm -Lc --vip 192"));
  expect(await values("ipvsadm monitor -r 10.0.0.3")).toEqual(["10.0.0.3"]);
  expect(await values("ipvsadm schema ")).toEqual(["where", "monitor"]);
  expect(await values("ipvsadm export k")).toEqual(["keepalived"]);
  expect(await offered("ipvsadm export keepalived ")).toEqual([":files"]);
  expect(await values("ipvsadm -L --color=")).toEqual(["--color=auto", "--color=always", "--color=never"]);
});

it("directors, in the place of files and of --to", async () => {
  expect(await offered("ipvsadm diff ssh:")).toEqual(["ssh:lb1", "ssh:lb2"]);
  expect(await offered("ipvsadm doctor --peer ssh:")).toEqual(["ssh:lb1", "ssh:lb2"]);
  expect(await offered("ipvsadm diff ssh:lb1 ssh:lb2")).toEqual(["ssh:lb2"]);
  expect(await offered("ipvsadm diff ss")).toEqual([":files"]);
  expect(await offered("ipvsadm apply --to ")).toEqual(["ssh:lb1", "ssh:lb2"]);
  expect(await offered("ipvsadm apply --to ssh:lb1,")).toEqual(["ssh:lb1,ssh:lb2"]);
});

it("hosts of ssh are those that its configuration names", () => {
  const folder = mkdtempSync(join(tmpdir(), "hosts-"));
  const path = join(folder, "config");
  expect(sshHosts(path)).toEqual([]);
  writeFileSync(path, 'Host lb1 lb2.example *.test !lb9 lb?\n  HostName 192.0.2.1\n\thost="lb3" lb1\nMatch host lb4\n');
  expect(sshHosts(path)).toEqual(["lb1", "lb2.example", "lb3"]);
  rmSync(folder, { recursive: true });
});

describe("options of 1.31's commands", () => {
  it("are those that the command takes and that are not given yet", async () => {
    expect(await values("ipvsadm -A --")).toEqual([
      ...["--tcp-service", "--udp-service", "--sctp-service", "--fwmark-service", "--scheduler", "--persistent"],
      ...["--netmask", "--ops", "--pe", "--sched-flags", "--raw", "--ipv6"],
    ]);
    expect(await values("ipvsadm -At 192.0.2.1:80 -p 50 --scheduler=rr --")).toEqual([
      ...["--netmask", "--ops", "--pe", "--sched-flags", "--raw", "--ipv6"],
    ]);
    expect(await values("ipvsadm -e -m --")).not.toContain("--gatewaying");
    expect(await values("ipvsadm -C --")).toEqual([]);
    expect(await values("ipvsadm -Ln --num")).toEqual([]);
    expect(await values("ipvsadm -S -")).toEqual(["-n", "-j", "--numeric", "--nosort", "--json", "--all"]);
  });

  it("follow an optional argument that is not there", async () =>
    expect(await values("ipvsadm -A -p --net")).toEqual(["--netmask"]));

  it.each(["ipvsadm nonsense ", "ipvsadm -q --", "ipvsadm -L --nosuch --", "ipvsadm --lis -", "ipvsadm - "])(
    "%s: whatever comes, nothing breaks",
    async (line) => expect(Array.isArray(await values(line))).toBe(true),
  );
});

describe("values", () => {
  it.each([
    ["-A -s s", ["sh", "sed"]],
    ["-A -s=wl", []],
    ["-A --scheduler=wl", ["--scheduler=wlc"]],
    ["-A --pe ", ["sip"]],
    ["-A -s sh -b ", ["sh-fallback", "sh-port", "flag-1", "flag-2", "flag-3"]],
    ["-A -s sh -b sh-port,sh", ["sh-port,sh-fallback"]],
    ["-L --only tcp,i", ["tcp,ipv4", "tcp,ipv6"]],
    ["-L --only tcp,tcp", []],
    ["-Lc --state S", ["SYN_SENT", "SYN_RECV", "SYNACK"]],
    ["-a -i --tun-type ", ["ipip", "gue", "gre"]],
    ["--start-daemon ", ["master", "backup"]],
    ["--start-daemon master --mcast-interface e", ["eth0", "eth1"]],
    ["-a -w ", []],
  ])("%s", async (line, expected) => expect(await values(`ipvsadm ${line}`)).toEqual(expected));
});

describe("services and servers that there are", () => {
  it.each([
    ["-D -t ", ["192.0.2.1:80", "192.0.2.1:443", "[2001:db8::1]:80"]],
    ["-D -t [", ["[2001:db8::1]:80"]],
    ["-D --tcp-service=192", ["--tcp-service=192.0.2.1:80", "--tcp-service=192.0.2.1:443"]],
    ["-Lnt 192.0.2.1:4", ["192.0.2.1:443"]],
    ["-D -u ", ["192.0.2.1:53"]],
    ["-D -f ", ["7", "7"]],
    ["-A -t ", []],
    ["-A -f ", []],
    ["-d -t 192.0.2.1:80 -r ", ["10.0.0.1:8080", "10.0.0.2:80"]],
    ["-d -f 7 -6 -r ", ["[2001:db8::9]:0"]],
    ["-d -f 7 -r ", []],
    ["-a -t 192.0.2.1:80 -r 10.", ["10.0.0.3:443", "10.0.0.1:53"]],
    ["-L -r 10.", ["10.0.0.1", "10.0.0.2", "10.0.0.3"]],
    ["-Lc --vip 192.0.2.1:4", ["192.0.2.1:443"]],
    ["set -t 192.0.2.1:80 -r ", ["10.0.0.1:8080", "10.0.0.2:80"]],
    ["set -t 192.0.2.1:80 -r 10.0.0.1:8080 -r ", ["10.0.0.1:8080", "10.0.0.2:80"]],
    ["drain -r 2001:db8::", ["2001:db8::2", "2001:db8::9"]],
    ["doctor 192.0.2.1:8", ["192.0.2.1:80"]],
  ])("%s", async (line, expected) => expect(await values(`ipvsadm ${line}`)).toEqual(expected));

  it("are explained", async () => {
    expect(await offered("ipvsadm -D -t 192.0.2.1:8")).toEqual(["192.0.2.1:80\trr, 2 servers"]);
    expect(await offered("ipvsadm -d -t 192.0.2.1:80 -r 10.0.0.2")).toEqual(["10.0.0.2:80\tMasq, weight 0"]);
  });
});

describe("subcommands and programs", () => {
  it("complete their own options", async () => {
    expect(await values("ipvsadm apply --")).toEqual([
      "--allow-empty",
      "--dry-run",
      "--order",
      "--confirm",
      "--to",
      "--help",
    ]);
    expect(await values("ipvsadm apply --dry-run --")).toEqual([
      "--allow-empty",
      "--order",
      "--confirm",
      "--to",
      "--help",
    ]);
    expect(await values("ipvsadm set -s rr --no-s")).toEqual(["--no-sched-flags"]);
    expect(await values("ipvsadm set -b -sh")).toEqual(["-sh-fallback", "-sh-port"]);
  });

  it("complete their operands", async () => {
    expect(await offered("ipvsadm apply ")).toEqual([":files"]);
    expect(await offered("ipvsadm diff a ")).toEqual([":files"]);
    expect(await values("ipvsadm help dr")).toEqual(["drain"]);
    expect(await values("ipvsadm help wei")).toEqual(["weight", "weight-zero"]);
    expect(await values("ipvsadm completion ")).toEqual(["bash", "zsh", "fish"]);
  });

  it("of the other programs", async () => {
    expect(await values("ipvsadm-save ")).toEqual(["-n", "--all", "--nosort", "-j", "--json"]);
    expect(await values("ipvsadm-save -j --")).toEqual(["--all", "--nosort"]);
    expect(await values("ipvsadm-restore --d")).toEqual(["--dry-run"]);
    expect(await values("ipvsadm-restore --c")).toEqual(["--confirm"]);
    expect(await values("ipvsadm revert --")).toEqual(["--dry-run", "--allow-empty", "--help"]);
  });
});

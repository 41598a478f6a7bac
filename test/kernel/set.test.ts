import { beforeEach, describe, expect, it } from "vitest";
import { clearByOracle, oracle, savedByOracle } from "./oracle.js";
import { ipvsadm, SILENT_SUCCESS } from "./program.js";

/** Lines of the real ipvsadm's listing of thresholds, which it does not save. */
const thresholds = (): string[] =>
  oracle("-Ln", "--thresholds")
    .split("\n")
    .filter((line) => line.startsWith("  -> 10."))
    .map((line) => line.slice(5).trim().replace(/\s+/g, " "));

beforeEach(() => {
  clearByOracle();
  oracle("-A", "-t", "192.0.2.1:80", "-s", "sh", "-p", "300", "-M", "255.255.255.0", "-b", "sh-fallback");
  oracle("-a", "-t", "192.0.2.1:80", "-r", "10.0.0.1:8080", "-m", "-w", "5", "-x", "100", "-y", "50");
  oracle(
    "-a",
    "-t",
    "192.0.2.1:80",
    "-r",
    "10.0.0.2:80",
    "-i",
    "-w",
    "5",
    "--tun-type",
    "gue",
    "--tun-port",
    "6080",
    "--tun-csum",
  );
});

describe("servers", () => {
  it("changes the weight and nothing else, where -e of 1.31 makes another server of it", () => {
    const before = savedByOracle();
    expect(ipvsadm("set", "-t", "192.0.2.1:80", "-r", "10.0.0.1:8080", "-w", "9")).toEqual(SILENT_SUCCESS);
    expect(savedByOracle()).toBe(before.replace("-m -w 5", "-m -w 9"));
    expect(thresholds()).toEqual(["10.0.0.1:8080 100 50 0 0", "10.0.0.2:80 0 0 0 0"]);
  });

  it("changes several servers, and all", () => {
    expect(ipvsadm("set", "-t", "192.0.2.1:80", "-r", "10.0.0.1:8080", "-r", "10.0.0.2", "-w=7")).toEqual(
      SILENT_SUCCESS,
    );
    expect(savedByOracle().match(/-w \d+/g)).toEqual(["-w 7", "-w 7"]);
    expect(ipvsadm("set", "-t", "192.0.2.1:80", "--all", "-x", "10", "-y", "0")).toEqual(SILENT_SUCCESS);
    expect(thresholds()).toEqual(["10.0.0.1:8080 10 0 0 0", "10.0.0.2:80 10 0 0 0"]);
  });

  it("changes forwarding and tunnel", () => {
    expect(ipvsadm("set", "-t", "192.0.2.1:80", "-r", "10.0.0.2", "--tun-type", "gre")).toEqual(SILENT_SUCCESS);
    expect(savedByOracle()).toContain("-r 10.0.0.2:80 -i -w 5 --tun-type gre --tun-csum\n");
    expect(ipvsadm("set", "-t", "192.0.2.1:80", "-r", "10.0.0.2", "-g")).toEqual(SILENT_SUCCESS);
    expect(savedByOracle()).toContain("-r 10.0.0.2:80 -g -w 5\n");
  });

  it("changes nothing when one of several cannot be changed", () => {
    const before = savedByOracle();
    const outcome = ipvsadm("set", "-t", "192.0.2.1:80", "--all", "-w", "1", "-g");
    expect(outcome).toMatchObject({ status: 2, stdout: "" });
    expect(outcome.stderr).toBe(
      "server 10.0.0.1:8080: only NAT (-m) can send to another port than that of the service, 80\n",
    );
    expect(savedByOracle()).toBe(before);
  });

  it("says which servers there are", () => {
    const outcome = ipvsadm("set", "-t", "192.0.2.1:80", "-r", "10.0.0.1", "-w", "1");
    const stderr = "No such destination: tcp 192.0.2.1:80 has no server 10.0.0.1:80; it has 10.0.0.1:8080\n";
    expect(outcome).toEqual({ status: 255, stdout: "", stderr });
  });
});

describe("services", () => {
  it.each([
    [["-s", "mh", "-b", "mh-port,-mh-fallback"], "-s mh -p 300 -M 255.255.255.0 -b mh-port"],
    [["-p", "60"], "-s sh -p 60 -M 255.255.255.0 -b sh-fallback"],
    [["--no-persistent", "--no-sched-flags"], "-s sh"],
    [["-M", "16"], "-s sh -p 300 -M 255.255.0.0 -b sh-fallback"],
    [["--pe", "sip"], "-s sh -p 300 -M 255.255.255.0 --pe sip -b sh-fallback"],
  ])("%j", (args, expected) => {
    const servers = savedByOracle().split("\n").slice(1);
    expect(ipvsadm("set", "-t", "192.0.2.1:80", ...args)).toEqual(SILENT_SUCCESS);
    expect(savedByOracle().split("\n")).toEqual([`-A -t 192.0.2.1:80 ${expected}`, ...servers]);
  });

  it("changes firewall marks and IPv6", () => {
    oracle("-A", "-f", "7", "-6", "-s", "rr");
    oracle("-A", "-u", "[2001:db8::1]:53", "-s", "rr");
    expect(ipvsadm("set", "-f", "7", "-6", "-s", "wrr", "-p")).toEqual(SILENT_SUCCESS);
    expect(ipvsadm("set", "-u", "[2001:db8::1]:53", "-o")).toEqual(SILENT_SUCCESS);
    expect(savedByOracle()).toContain("-A -f 7 -6 -s wrr -p 360\n");
    expect(savedByOracle()).toContain("-A -u [2001:db8::1]:53 -s rr -o\n");
  });

  it("reports what the kernel refuses", () => {
    const before = savedByOracle();
    const outcome = ipvsadm("set", "-t", "192.0.2.1:80", "-s", "nosuch", "-r", "10.0.0.2", "-w", "6");
    expect(outcome).toMatchObject({ status: 255, stdout: "" });
    expect(outcome.stderr).toMatch(/-s nosuch .*: Scheduler or persistence engine not found\n$/);
    // The other change is good by itself.
    expect(savedByOracle()).toBe(before.replace("-i -w 5", "-i -w 6"));
  });

  it("knows when there is no such service", () => {
    expect(ipvsadm("set", "-u", "192.0.2.1:80", "-s", "rr")).toEqual({
      status: 255,
      stdout: "",
      stderr: "No such service\n",
    });
  });
});

it("prints the changes with --dry-run", () => {
  const before = savedByOracle();
  const outcome = ipvsadm("set", "-t", "192.0.2.1:80", "--all", "-w", "5", "-x", "100", "-s", "rr", "--dry-run");
  expect(outcome).toEqual({
    status: 0,
    stdout:
      "-E -t 192.0.2.1:80 -s rr -p 300 -M 255.255.255.0 -b flag-1\n" +
      "-e -t 192.0.2.1:80 -r 10.0.0.2:80 -i -w 5 -x 100 --tun-type gue --tun-port 6080 --tun-csum\n",
    stderr: "",
  });
  expect(savedByOracle()).toBe(before);
});

it("refuses options that it does not know", () => {
  const outcome = ipvsadm("set", "-t", "192.0.2.1:80", "--wieght", "3");
  expect(outcome.status).toBe(2);
  expect(outcome.stderr).toContain("unknown option '--wieght'");
});

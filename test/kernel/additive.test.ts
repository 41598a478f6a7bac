import { beforeEach, describe, expect, it } from "vitest";
import { clearByOracle, oracle, savedByOracle } from "./oracle.js";
import { runProgram } from "./program.js";

const SERVICE = "-A -t 192.0.2.1:80 -s rr";
const SERVER = "-a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 1";
const GONE = "-D -t 192.0.2.1:80";
const SERVER_GONE = "-d -t 192.0.2.1:80 -r 198.51.100.1:80";

const put = (lines: readonly string[]) => {
  for (const line of lines) oracle(...line.split(" "));
};

/** How `-R` of the lines ended, and what it said: of standard error the refusals, without the hints. */
const restored = (lines: readonly string[]) => {
  const { status, stdout, stderr } = runProgram("ipvsadm", ["-R"], lines.map((line) => `${line}\n`).join(""));
  return [status, stdout, stderr.split("\n").filter((line) => line !== "" && !line.startsWith("  "))];
};

beforeEach(() => {
  clearByOracle();
  for (const state of ["master", "backup"]) {
    if (oracle("-L", "--daemon").includes(state)) oracle("--stop-daemon", state);
  }
  oracle("--set", "900", "120", "300");
});

/** What is there, the lines, and the refusals. */
type Case = [what: string, given: readonly string[], lines: readonly string[], refusals: readonly string[]];

const ADDRESS = "Invalid operation.  Possibly wrong module version, address not unicast, ...";

describe("-R succeeds when what refused lines wished for holds at the end:", () => {
  it.each<Case>([
    ["a service deleted first, as PyBal does", [], [GONE, SERVICE, SERVER], ["1: No such service"]],
    [
      "a doubled line in a file, as Debian's init script loads it",
      [],
      [SERVICE, SERVER, SERVER, SERVICE],
      ["3: Destination already exists", "4: Service already exists"],
    ],
    [
      "additions of what is there",
      [SERVICE, SERVER],
      [SERVICE, SERVER],
      ["1: Service already exists", "2: Destination already exists"],
    ],
    ["a server deleted twice", [SERVICE], [SERVER_GONE], ["1: No such destination"]],
    ["a server of no service deleted", [], [SERVER_GONE], ["1: Service not defined"]],
    ["a server sent again behind its service", [], [SERVER, SERVICE, SERVER], ["1: Service not defined"]],
    ["an edit before the addition", [], ["-E -t 192.0.2.1:80 -s wrr", SERVICE], ["1: No such service"]],
    [
      "an edit of a server before its addition",
      [SERVICE],
      ["-e -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 9", SERVER],
      ["1: No such destination"],
    ],
    [
      "an addition that an edit makes up for",
      [SERVICE, SERVER],
      ["-a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 9", "-e -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 9"],
      ["1: Destination already exists"],
    ],
    ["a server whose service goes", [], [SERVER, GONE], ["1: Service not defined", "2: No such service"]],
    ["a server before everything goes", [], [SERVER, "-C"], ["1: Service not defined"]],
    ["counters of a service that comes", [], ["-Z -t 192.0.2.1:80", SERVICE], ["1: No such service"]],
    ["counters of a service that goes", [], ["-Z -t 192.0.2.1:80", GONE], ["1: No such service", "2: No such service"]],
    [
      "a scheduler that a later line corrects",
      [],
      ["-A -t 192.0.2.1:80 -s nosuch", SERVICE],
      ["1: Scheduler or persistence engine not found"],
    ],
    ["a daemon that does not run", [], ["--stop-daemon backup"], ["1: No daemon is running"]],
    [
      "a daemon that runs just so",
      ["--start-daemon master --mcast-interface lo --syncid 3"],
      ["--start-daemon master --mcast-interface lo --syncid 3"],
      ["1: Daemon has already run"],
    ],
    [
      "a daemon that a later line stops",
      ["--start-daemon master --mcast-interface lo --syncid 3"],
      ["--start-daemon master --mcast-interface lo --syncid 4", "--stop-daemon master"],
      ["1: Daemon has already run"],
    ],
  ])("%s", (_what, given, lines, refusals) => {
    put(given);
    expect(restored(lines)).toEqual([0, "", refusals.map((refusal) => `line ${refusal}`)]);
  });
});

describe("-R fails when something is missing at the end:", () => {
  it.each<Case>([
    ["a server before its service, as Ravel sends it", [], [SERVER, SERVICE], ["1: Service not defined"]],
    [
      "another service under the same key",
      ["-A -t 192.0.2.1:80 -s wrr"],
      [SERVICE, GONE.replace("192.0.2.1", "192.0.2.2")],
      ["1: Service already exists", "2: No such service"],
    ],
    ["another weight", [SERVICE, SERVER], [SERVER.replace("-w 1", "-w 2"), "-Z"], ["1: Destination already exists"]],
    ["another forwarding method", [SERVICE, SERVER], [SERVER.replace("-m", "-g")], ["1: Destination already exists"]],
    [
      "a wish that was repeated, and refused",
      [SERVICE],
      [SERVER, SERVER.replace("-w 1", "-w 2")],
      ["2: Destination already exists"],
    ],
    ["an edit of no service", [], ["-E -t 192.0.2.1:80 -s rr"], ["1: No such service"]],
    ["an edit of no server", [SERVICE], ["-e -t 192.0.2.1:80 -r 198.51.100.1:80 -m"], ["1: No such destination"]],
    ["counters of no service", [], ["-Z -t 192.0.2.1:80"], ["1: No such service"]],
    ["counters of a service that is gone", [SERVICE], [GONE, "-Z -t 192.0.2.1:80"], ["2: No such service"]],
    [
      "a scheduler that there is not",
      [],
      ["-A -t 192.0.2.1:80 -s nosuch"],
      ["1: Scheduler or persistence engine not found"],
    ],
    [
      "a daemon that runs otherwise",
      ["--start-daemon master --mcast-interface lo --syncid 3"],
      ["--start-daemon master --mcast-interface lo --syncid 4"],
      ["1: Daemon has already run"],
    ],
    ["a daemon on no interface", [], ["--start-daemon backup --mcast-interface nosuch0"], ["1: No such device"]],
    ["a server that cannot be one", [SERVICE], ["-a -t 192.0.2.1:80 -r 224.0.0.1 -m"], [`1: ${ADDRESS}`]],
    [
      "thresholds the wrong way round",
      [SERVICE, SERVER],
      [`${SERVER.replace("-a", "-e")} -x 1 -y 5`],
      ["1: Numerical result out of range"],
    ],
  ])("%s", (_what, given, lines, refusals) => {
    put(given);
    expect(restored(lines)).toEqual([255, "", refusals.map((refusal) => `line ${refusal}`)]);
  });
});

describe("-R", () => {
  it("looks at the kernel, not at who made it so", () => {
    put([SERVICE]);
    // The servers of many services, a part of them there already.
    const marks = Array.from({ length: 200 }, (_, index) => index + 1);
    const service = (mark: number) => `-A -f ${mark} -s rr`;
    const server = (mark: number) => `-a -f ${mark} -r 198.51.100.1:0 -g -w 1`;
    expect(restored(marks.flatMap((mark) => [service(mark), server(mark)]))[0]).toBe(0);
    expect(restored(marks.flatMap((mark) => [service(mark), server(mark)]))[0]).toBe(0);
    expect(restored([...marks.map(server), "-e -f 150 -r 198.51.100.1:0 -g -w 7"])[0]).toBe(0);
    expect(restored(marks.map(server))[0]).toBe(255);
  });

  it("counts a listing that failed, unless something is missing too", () => {
    expect(restored(["-L -t 192.0.2.1:80", GONE])[0]).toBe(1);
    expect(restored(["-Z -t 192.0.2.1:80", "-L -t 192.0.2.1:80"])[0]).toBe(255);
  });

  it("does not wait for lines behind -h, which are never run", () => {
    expect(restored([SERVER, "-v", SERVICE, SERVER])[0]).toBe(255);
    expect(savedByOracle()).toBe("");
  });
});

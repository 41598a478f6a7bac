import { beforeEach, describe, expect, it } from "vitest";
import { clearByOracle, oracle } from "./oracle.js";
import { typed } from "./program.js";

beforeEach(clearByOracle);

/** 1.31's line, then ours. */
const refusal = (text: string, hint: string) => ({ status: 255, stdout: "", stderr: `${text}\n  ${hint}\n` });
const INVALID = "Invalid operation.  Possibly wrong module version, address not unicast, ...";

describe("refusals by the kernel say what they are about, after 1.31's own line", () => {
  it("an unknown scheduler", () => {
    const { status, stdout, stderr } = typed("-A -t 192.0.2.1:80 -s nosuch");
    expect({ status, stdout }).toEqual({ status: 255, stdout: "" });
    expect(stderr).toMatch(
      /^Scheduler or persistence engine not found\n {2}this kernel has no scheduler nosuch: there is no module ip_vs_nosuch; it has rr, wrr, [a-z, ]+\n$/,
    );
  });

  it("a scheduler mistyped", () => {
    expect(typed("-A -t 192.0.2.1:80 -s wlcc")).toEqual(
      refusal(
        "Scheduler or persistence engine not found",
        "this kernel has no scheduler wlcc: there is no module ip_vs_wlcc; did you mean wlc?",
      ),
    );
  });

  it.each([
    ["224.0.0.1", "is a multicast address"],
    ["255.255.255.255", "is a broadcast address"],
    ["0.0.0.0", "is no address at all"],
  ])("a server at %s", (address, what) => {
    oracle(..."-A -t 192.0.2.1:80 -s rr".split(" "));
    expect(typed(`-a -t 192.0.2.1:80 -r ${address} -m`)).toEqual(
      refusal(INVALID, `${address} ${what}; a server needs a unicast address`),
    );
  });

  it("thresholds the wrong way round, in a rule too", () => {
    oracle(..."-A -t 192.0.2.1:80 -s rr".split(" "));
    const hint = "the lower threshold (-y 5) is above the upper one (-x 1)";
    const rule = "-a -t 192.0.2.1:80 -r 198.51.100.1 -m -x 1 -y 5";
    expect(typed(rule)).toEqual(refusal("Numerical result out of range", hint));
    expect(typed("-R", `\n${rule}\n`)).toEqual(refusal("line 2: Numerical result out of range", hint));
  });

  it("a sync interface that does not exist", () => {
    expect(typed("--start-daemon master --mcast-interface nosuch0")).toEqual(
      refusal("No such device", "there is no interface nosuch0 here (--mcast-interface)"),
    );
  });

  it("nothing more where 1.31's words say it all", () => {
    expect(typed("-D -t 192.0.2.9:80")).toEqual({ status: 255, stdout: "", stderr: "No such service\n" });
    expect(typed("-d -f 7 -r 198.51.100.1")).toEqual({ status: 255, stdout: "", stderr: "Service not defined\n" });
  });
});

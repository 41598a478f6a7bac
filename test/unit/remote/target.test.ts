import { describe, expect, it } from "vitest";
import { UsageError } from "../../../src/errors.js";
import { sshArguments } from "../../../src/remote/ssh.js";
import { isTarget, parseTarget, parseTargets } from "../../../src/remote/target.js";

describe("a director is named", () => {
  it.each([
    ["ssh:lb1", { host: "lb1" }],
    ["ssh:lb1.example.test", { host: "lb1.example.test" }],
    ["ssh:192.0.2.1", { host: "192.0.2.1" }],
    ["ssh:lb_1:2222", { host: "lb_1", port: 2222 }],
    ["ssh:root@lb1", { host: "root@lb1" }],
    ["ssh:admin@corp.example@lb1:22", { host: "admin@corp.example@lb1", port: 22 }],
    ["ssh:[2001:db8::1]", { host: "2001:db8::1" }],
    ["ssh:root@[fe80::1%eth0]:65535", { host: "root@fe80::1%eth0", port: 65535 }],
    ["ssh:[::ffff:192.0.2.1]", { host: "::ffff:192.0.2.1" }],
  ])("%s", (name, target) => {
    expect(isTarget(name)).toBe(true);
    expect(parseTarget(name)).toEqual({ name, ...target });
  });

  it("others are files", () => expect(["lb1", "./ssh:lb1", "SSH:lb1", "-", ""].some(isTarget)).toBe(false));
});

describe("a mistake is named:", () => {
  it.each([
    ["ssh:", "no host is named"],
    ["ssh:-oProxyCommand=reboot", "neither user nor host may begin with a dash"],
    ["ssh:root@-oProxyCommand=reboot", "neither user nor host may begin with a dash"],
    ["ssh:-l@lb1", "neither user nor host may begin with a dash"],
    ["ssh://root@lb1", "two slashes too many"],
    ["ssh:2001:db8::1", "an IPv6 address needs brackets"],
    ["ssh:root@::1", "an IPv6 address needs brackets"],
    ["ssh:[-oX]", "not the name of a director"],
    ["ssh:[lb1]", "not the name of a director"],
    ["ssh:[2001:db8::1%-oX y]", "not the name of a director"],
    ["ssh:lb 1", "not the name of a director"],
    ["ssh:lb1\n", "not the name of a director"],
    ["ssh:lb1\u0000", "not the name of a director"],
    ["ssh:lb1;reboot", "not the name of a director"],
    ["ssh:$(reboot)", "not the name of a director"],
    ["ssh:lb1:", "not the name of a director"],
    ["ssh:lb1:port", "not the name of a director"],
    ["ssh:@lb1", "not the name of a director"],
    ["ssh:lb1:0", "a port is a number from 1 to 65535"],
    ["ssh:lb1:65536", "a port is a number from 1 to 65535"],
    ["lb1", "not the name of a director"],
  ])("%j", (name, reason) => {
    const read = () => parseTarget(name);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(`${name}: ${reason}`);
  });
});

it("several are separated by commas, each once", () => {
  expect(parseTargets("ssh:lb1,ssh:lb2:22").map(({ host }) => host)).toEqual(["lb1", "lb2"]);
  for (const text of ["", "ssh:lb1,", "ssh:lb1,lb2", "ssh:lb1, ssh:lb2", "ssh:lb1,ssh:lb1"])
    expect(() => parseTargets(text)).toThrow(UsageError);
});

it("ssh gets host and command behind the end of its options", () => {
  expect(sshArguments(parseTarget("ssh:root@lb1:2222"), "ipvsadm -v").slice(-5)).toEqual([
    ...["-p", "2222", "--", "root@lb1", "ipvsadm -v"],
  ]);
  expect(sshArguments(parseTarget("ssh:lb1"), "true")).not.toContain("-p");
});

import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { expect, it } from "vitest";
import { identityIn, TELL_IDENTITY } from "../../../src/remote/identity.js";

it("a director is told by its boot and its network namespace", () => {
  const told = execFileSync("/bin/sh", ["-c", TELL_IDENTITY], { encoding: "utf8" });
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  expect(identityIn(`${told}-A -t 192.0.2.1:80\n`)).toBe(`${boot} ${readlinkSync("/proc/self/ns/net")}`);
});

it("one that cannot tell is none that is known", () => {
  const told = execFileSync("/bin/sh", ["-c", `PATH=;${TELL_IDENTITY}`], { encoding: "utf8" });
  expect(identityIn(told)).toBeUndefined();
});

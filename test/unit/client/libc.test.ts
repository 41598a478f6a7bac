import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ownRuntime } from "../../../scripts/executable/runtime.js";

/** Bun runs what it can do only there; see the probe. */
function probe() {
  const { path, libc } = ownRuntime();
  const args = [`--define=LIBC=${JSON.stringify(libc)}`, join(import.meta.dirname, "libc-probe.ts")];
  return JSON.parse(execFileSync(path, args, { encoding: "utf8" }));
}

describe("a netlink socket by the C library", () => {
  const { early, sequences, nothing, room, truncated, tooLong, closedSocket, afterClose, noProtocol } = probe();

  it("gets every answer, in order, and none before send returns", () => {
    expect(early).toBe(0);
    expect(sequences).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  it("does not wait where there is nothing to read", () => expect(nothing).toMatchObject({ code: "EAGAIN" }));

  it("has the room that a full datagram and its answers need", () => {
    expect(room.send).toBeGreaterThanOrEqual(60_032);
    expect(room.receive).toBeGreaterThanOrEqual(128 * 1280);
  });

  it("tells the whole length of a datagram that does not fit", () => expect(truncated).toBeGreaterThan(8));

  it("is silent once it is closed", () => expect(closedSocket).toEqual([]));

  it("throws the system's errors, as Node.js shapes them", () => {
    expect(tooLong).toEqual({ message: "EMSGSIZE: Message too long, send", code: "EMSGSIZE", syscall: "send" });
    expect(noProtocol).toMatchObject({ code: "EPROTONOSUPPORT", syscall: "socket" });
    expect(afterClose).toMatchObject([
      { code: "EBADF", syscall: "send" },
      { code: "EBADF", syscall: "recv" },
    ]);
  });
});

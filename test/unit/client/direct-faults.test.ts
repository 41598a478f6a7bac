import { setTimeout } from "node:timers/promises";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DirectSocket } from "../../../src/client/direct.js";

/** Errors of the two system calls, from a list of outcomes: a text is the code of an error, a number the bytes read or written. */

const readSync = vi.fn<(bytes?: Uint8Array) => number>();
const writeSync = vi.fn<(bytes?: Uint8Array) => number>();

function outcomes(call: typeof readSync, list: readonly (string | number)[], otherwise: string | number) {
  const left = [...list];
  call.mockImplementation(() => {
    const outcome = left.shift() ?? otherwise;
    if (typeof outcome === "number") return outcome;
    throw Object.assign(new Error(`${outcome}: system call`), { code: outcome });
  });
}

/** Opens a socket; what it says goes into `heard`. */
function open() {
  const heard: string[] = [];
  const calls = { room: { send: 4608, receive: 2304 }, read: readSync, write: writeSync, close() {} };
  const socket = new DirectSocket(calls, {
    message: (bytes) => heard.push(`${bytes.length} bytes`),
    lost: () => heard.push("lost"),
    error: (error) => heard.push(error.message),
  });
  return { socket, heard };
}

const REQUEST = new Uint8Array(20);

beforeEach(() => {
  vi.resetAllMocks();
  outcomes(writeSync, [], 20);
  outcomes(readSync, [], "EAGAIN");
});

describe("reads", () => {
  it("go on after EINTR", async () => {
    outcomes(readSync, ["EINTR", 36, "EINTR", 40], "EAGAIN");
    const { socket, heard } = open();
    socket.send(REQUEST);
    await Promise.resolve();
    expect(heard).toEqual(["36 bytes", "40 bytes"]);
  });

  it("say that answers were lost when everything that was kept has been delivered", async () => {
    outcomes(readSync, ["ENOBUFS", 36, 40, "EAGAIN", 44], "EAGAIN");
    const { socket, heard } = open();
    socket.send(REQUEST);
    await Promise.resolve();
    expect(heard).toEqual(["36 bytes", "40 bytes", "lost", "44 bytes"]);
  });

  it("end with any other error", async () => {
    outcomes(readSync, [36], "ENOTCONN");
    const { socket, heard } = open();
    socket.send(REQUEST);
    await Promise.resolve();
    expect(heard).toEqual(["36 bytes", "ENOTCONN: system call"]);
  });
});

describe("writes", () => {
  it.each(["EAGAIN", "ENOBUFS", "EINTR"])("are tried again after %s, and stay in order", async (code) => {
    outcomes(writeSync, [code, code, 20, 21], "EIO");
    const { socket, heard } = open();
    socket.send(REQUEST);
    socket.send(new Uint8Array(21));
    while (writeSync.mock.calls.length < 4) await setTimeout(1);
    const lengths = writeSync.mock.calls.map(([bytes]) => bytes!.length);
    expect(lengths).toEqual([20, 20, 20, 21]);
    expect(heard).toEqual([]);
  });

  it("fail when it does not get better", async () => {
    outcomes(writeSync, [], "ENOBUFS");
    const { socket, heard } = open();
    socket.send(REQUEST);
    while (heard.length === 0) await setTimeout(1);
    expect(heard).toEqual(["ENOBUFS: system call"]);
  });

  it("fail at once with any other error", () => {
    outcomes(writeSync, [], "EPERM");
    expect(() => open().socket.send(REQUEST)).toThrow("EPERM");
  });

  it("are not tried again once it is closed", async () => {
    outcomes(writeSync, [], "EAGAIN");
    const { socket, heard } = open();
    socket.send(REQUEST);
    socket.close();
    await setTimeout(20);
    expect(writeSync).toHaveBeenCalledTimes(1);
    expect(heard).toEqual([]);
  });
});

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WeightMemory } from "../../../src/drain/memory.js";
import { StateError, StateFolder } from "../../../src/state/folder.js";

const service = { protocol: "tcp", address: "2001:db8::1", port: 80 } as const;
const server = { address: "10.0.0.1", port: 8080 };
const NAME = "tcp_[2001:db8::1]:80_10.0.0.1:8080";

let parent: string;
let root: string;
let file: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "memory-"));
  root = join(parent, "ipvsadm");
  file = join(root, "7", NAME);
});
afterEach(() => rmSync(parent, { recursive: true }));

const memory = () => new WeightMemory(new StateFolder(root, "7"));

describe("remember and recall", () => {
  it("keeps a weight and when it was", () => {
    const before = Date.now();
    memory().remember(service, server, 2147483647);
    const found = memory().recall(service, server);
    expect(found?.weight).toBe(2147483647);
    expect(Math.abs(found!.since.getTime() - before)).toBeLessThan(60_000);
    expect(readFileSync(file, "utf8")).toBe("2147483647\n");
  });

  it("makes folders and files that only the owner can read", () => {
    memory().remember(service, server, 1);
    const modes = [root, join(root, "7"), file].map((path) => (statSync(path).mode & 0o777).toString(8));
    expect(modes).toEqual(["700", "700", "600"]);
    expect(readdirSync(join(root, "7"))).toEqual([NAME]);
  });

  it("keeps a reason, and when it was although the reason is another one", () => {
    const since = new Date("2026-11-25T12:00:00Z");
    memory().remember(service, server, 5, "disk \u201cfull\u201d", since);
    expect(memory().recall(service, server)).toEqual({ weight: 5, since, reason: "disk \u201cfull\u201d" });
  });

  it("replaces a weight", () => {
    memory().remember(service, server, 1);
    memory().remember(service, server, 2);
    expect(memory().recall(service, server)?.weight).toBe(2);
  });

  it("knows nothing of other servers, services and namespaces", () => {
    memory().remember(service, server, 1);
    expect(memory().recall(service, { ...server, port: 80 })).toBeUndefined();
    expect(memory().recall({ ...service, protocol: "udp" }, server)).toBeUndefined();
    expect(memory().recall({ fwmark: 1, family: "ipv4" }, server)).toBeUndefined();
    expect(new WeightMemory(new StateFolder(root, "8")).recall(service, server)).toBeUndefined();
  });

  it("forgets, also what it never knew", () => {
    memory().forget(service, server);
    memory().remember(service, server, 1);
    memory().forget(service, server);
    expect(memory().recall(service, server)).toBeUndefined();
  });

  it("gives each network namespace of the system a folder of its own", () => {
    const { dev, ino } = statSync("/proc/self/ns/net");
    new WeightMemory(new StateFolder(root)).remember(service, server, 3);
    expect(readdirSync(root)).toEqual([`${dev}:${ino}`]);
  });
});

describe("what is not believed", () => {
  const recall = () => memory().recall(service, server);

  it.each([
    "",
    "5",
    "0\n",
    "-1\n",
    "05\n",
    "1e3\n",
    "5\n\n",
    "2147483648\n",
    "99999999999\n",
    "5\r\n",
    "5\nwhy",
    "5\nwhy\nnot\n",
    `5\n${"x".repeat(501)}\n`,
    "x".repeat(5000),
  ])("%j", (content) => {
    memory().remember(service, server, 1);
    writeFileSync(file, content);
    expect(recall).toThrow(new StateError(`${file} does not hold a weight`));
  });

  it("a file that others can write", () => {
    memory().remember(service, server, 1);
    chmodSync(file, 0o620);
    expect(recall).toThrow(new StateError(`${file} can be changed by others: what it says is not believed`));
  });

  it("a folder that others can write", () => {
    memory().remember(service, server, 1);
    chmodSync(root, 0o702);
    expect(recall).toThrow(new StateError(`${root} can be changed by others: what it says is not believed`));
    expect(() => memory().remember(service, server, 2)).toThrow(StateError);
  });

  it("a link to a file", () => {
    memory().remember(service, server, 1);
    memory().forget(service, server);
    writeFileSync(join(parent, "elsewhere"), "5\n", { mode: 0o600 });
    symlinkSync(join(parent, "elsewhere"), file);
    expect(recall).toThrow(/^cannot read .*: ELOOP/);
  });

  it("a link to a folder", () => {
    mkdirSync(join(parent, "elsewhere"), { mode: 0o700 });
    symlinkSync(join(parent, "elsewhere"), root);
    expect(() => memory().remember(service, server, 1)).toThrow(new StateError(`${root} is not a folder`));
    expect(readdirSync(join(parent, "elsewhere"))).toEqual([]);
  });

  it("something that is no file", () => {
    memory().remember(service, server, 1);
    memory().forget(service, server);
    mkdirSync(file);
    expect(recall).toThrow(new StateError(`${file} is not a file`));
  });
});

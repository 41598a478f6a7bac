import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CONFIGURATIONS, INCLUDED } from "./keepalived/configurations.js";
import { Scratch, startKeepalived, stopKeepalived } from "./keepalived/keepalived.js";
import { clearByOracle, savedByOracle } from "./oracle.js";
import { ipvsadm, SILENT_SUCCESS } from "./program.js";

const scratch = new Scratch();
const ip = (...args: string[]) => execFileSync("ip", args);

beforeAll(() => {
  ip("link", "add", "eth9", "type", "dummy");
  ip("addr", "add", "10.0.0.254/8", "dev", "eth9");
  ip("addr", "add", "fd00::ffff/64", "dev", "eth9", "nodad");
  ip("link", "set", "eth9", "up");
  for (const [path, text] of Object.entries(INCLUDED)) scratch.write(path, text);
});
afterAll(() => {
  ip("link", "del", "eth9");
  scratch.remove();
});
beforeEach(clearByOracle);

describe("the table that keepalived makes", () => {
  it.each(Object.entries(CONFIGURATIONS))("does not differ from its configuration: %s", async (name, text) => {
    const path = scratch.write(`${name.replaceAll(/\W/g, "-")}.conf`, text.replaceAll("FOLDER", scratch.folder));
    const keepalived = await startKeepalived(scratch, path);
    try {
      expect(savedByOracle()).toMatch(/^-a /m);
      expect(ipvsadm("diff", "--config-id", "director1", path)).toEqual(SILENT_SUCCESS);
      expect(ipvsadm("diff", "--strict", "--config-id", "director1", path)).toEqual(SILENT_SUCCESS);
    } finally {
      await stopKeepalived(keepalived);
    }
    expect(ipvsadm("diff", "--config-id", "director1", path).status).toBe(1);
  });
});

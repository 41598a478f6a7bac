import { describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.js";

/** `ipvsadm check -` of a text; needs no kernel. */
async function check(input: string, ...options: string[]) {
  let stdout = "";
  let stderr = "";
  const io = {
    env: {},
    readInput: () => input,
    out(text: string | Uint8Array) {
      stdout += text;
    },
    steer() {},
    err(text: string) {
      stderr += text;
    },
  };
  return { status: await main(["ipvsadm", "check", ...options, "-"], io), stdout, stderr };
}

const SERVICE = "-A -t 192.0.2.1:80 -s rr\n";
const SERVER = "-a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 1\n";

describe("check", () => {
  it("warns of lines that repeat earlier ones, and finds no mistake in them", async () => {
    expect(await check(`${SERVICE}${SERVER}${SERVER}${SERVICE}`)).toEqual({
      status: 0,
      stdout: "",
      stderr:
        "warning: line 3 repeats line 2: server 198.51.100.1:80\n" +
        "warning: line 4 repeats line 1: service tcp 192.0.2.1:80\n",
    });
  });

  it("warns of every one, beside the mistakes", async () => {
    const { status, stdout, stderr } = await check(`${SERVICE.repeat(50)}-A\n`);
    expect(status).toBe(2);
    expect(stdout).toMatch(/^line 51: .*\n$/);
    expect(stderr.match(/^warning: line \d+ repeats line 1: .*$/gm)).toHaveLength(49);
  });

  it("has both in its JSON", async () => {
    const { status, stdout, stderr } = await check(`${SERVICE}${SERVICE}-X\n`, "--json");
    expect([status, stderr]).toEqual([2, ""]);
    expect(JSON.parse(stdout)).toEqual({
      mistakes: [{ where: "line 3", reason: expect.stringContaining("Try") }],
      warnings: [{ where: "line 2", reason: "repeats line 1: service tcp 192.0.2.1:80" }],
    });
    expect(JSON.parse((await check("", "--json")).stdout)).toEqual({ mistakes: [], warnings: [] });
  });

  it.each([
    ['{"services":[],"services":[]}', "services: is there more than once\n"],
    ['[{"fwmark":1}]', 'must be an object such as {"services": […]}, not a list\n'],
    [
      `\uFEFF${SERVICE}`,
      "line 1: a byte order mark (U+FEFF) stands before the rule: save the file as UTF-8 without one\n",
    ],
  ])("says what is wrong with %j", async (input, stdout) => {
    expect(await check(input)).toEqual({ status: 2, stdout, stderr: "" });
  });
});

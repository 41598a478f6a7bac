import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandOf } from "../programs.js";
import { clearByOracle, oracle } from "./oracle.js";
import { typed } from "./program.js";
import { addAddresses, removeAddresses, SERVER_A, SERVER_B, sendDatagrams, VIP } from "./traffic.js";

const PORT = 8098;
const SERVICE = `-u ${VIP}:${PORT}`;
const RULES = `-A ${SERVICE} -s rr
-a ${SERVICE} -r ${SERVER_A}:${PORT} -m -w 0
-a ${SERVICE} -r ${SERVER_B}:${PORT} -m -w 1 -x 2
-A -t 192.0.2.7:80 -s wlc
-A -f 3 -s wlc
-a -f 3 -r ${SERVER_A} -g -w 1 -x 9
`;

/** What a program shows on a terminal. */
function onTerminal(line: string, env: NodeJS.ProcessEnv = {}): string {
  const text = execFileSync(
    "/usr/bin/python3",
    ["-c", "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)", ...commandOf("ipvsadm"), ...line.split(" ")],
    {
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "", TERM: "xterm", ...env },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  return text.replaceAll("\r\n", "\n");
}

const ESCAPE = "\x1b";
const RESET = `${ESCAPE}[0m`;
/** The lines that have a colour, by it. */
const coloured = (text: string) =>
  Array.from(
    text.matchAll(new RegExp(`^${ESCAPE}\\[(\\d+)m(.*)${ESCAPE}\\[0m$`, "gm")),
    ([, colour, line]) => `${colour} ${line!.trim().split(/\s+/).slice(0, 2).join(" ")}`,
  );
const plain = (text: string) => text.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, "g"), "");

const MARKED = [`31 TCP 192.0.2.7:80`, `33 -> ${SERVER_A}:${PORT}`, `35 -> ${SERVER_B}:${PORT}`];

beforeAll(async () => {
  addAddresses();
  clearByOracle();
  execFileSync("/usr/sbin/ipvsadm", ["-R"], { input: RULES });
  for (let count = 0; count < 2; count++) await sendDatagrams(PORT);
});
afterAll(() => {
  clearByOracle();
  removeAddresses();
});

describe("colours of listings", () => {
  it("mark weight 0, full servers and services without servers, on a terminal", () => {
    const text = onTerminal("-Ln");
    expect(coloured(text).sort()).toEqual(MARKED);
    expect(plain(text)).toBe(oracle("-Ln"));
    expect(text.split(RESET)).toHaveLength(1 + MARKED.length);
    expect(coloured(onTerminal(`-Ln --thresholds ${SERVICE}`))).toEqual(MARKED.slice(1));
    for (const line of ["-Ln --stats", "-Ln --wide", "-L"]) expect(coloured(onTerminal(line))).toHaveLength(3);
  });

  it("are not there in pipes, with NO_COLOR, on dumb terminals, and with --color=never", () => {
    const expected = oracle("-Ln");
    expect(typed("-Ln").stdout).toBe(expected);
    expect(typed("-Ln --color=auto").stdout).toBe(expected);
    expect(onTerminal("-Ln", { NO_COLOR: "1" })).toBe(expected);
    expect(onTerminal("-Ln", { TERM: "dumb" })).toBe(expected);
    expect(onTerminal("-Ln --color=never")).toBe(expected);
  });

  it("are there with --color=always, whatever it is written to", () => {
    const { stdout } = typed("-Ln --color=always");
    expect(coloured(stdout).sort()).toEqual(MARKED);
    expect(plain(stdout)).toBe(oracle("-Ln"));
    expect(typed("-Ln --json --color=always").stdout).not.toContain(ESCAPE);
    expect(typed("-Lnc --color=always").status).toBe(2);
    expect(typed("-Ln --color=blue")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("illegal color `blue' specified"),
    });
  });
});

import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { IpvsClient } from "../../src/client/client.js";
import { noNames } from "../../src/names/names.js";
import { applyTable } from "../../src/restore/apply.js";
import { applySettings } from "../../src/restore/settings.js";
import { parseRules } from "../../src/rules/read.js";
import { wantedTable } from "../../src/rules/wanted.js";
import { executable } from "../programs.js";
import { clearByOracle, oracle, savedByOracle } from "./oracle.js";
import { runProgram, startProgram, typed } from "./program.js";

const OLD = `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 1
-a -t 192.0.2.1:80 -r 198.51.100.2:80 -m -w 1
-A -u 192.0.2.2:53 -s wlc
-a -u 192.0.2.2:53 -r 198.51.100.1:53 -m -w 1
`;
const NEW = `-A -t 192.0.2.1:80 -s wrr
-a -t 192.0.2.1:80 -r 198.51.100.2:80 -m -w 7
-a -t 192.0.2.1:80 -r 198.51.100.3:80 -m -w 1
-A -f 5 -s sh -b sh-fallback
-a -f 5 -r 198.51.100.9:0 -g -w 1
`;

beforeEach(clearByOracle);

/** Puts rules in place by means of the original. */
const put = (rules: string) => {
  for (const line of rules.trimEnd().split("\n")) oracle(...line.split(" "));
};

describe("ipvsadm-restore", () => {
  it("makes the table equal to its input", () => {
    put(OLD);
    expect(runProgram("ipvsadm-restore", [], NEW)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(savedByOracle()).toBe(NEW);
    expect(runProgram("ipvsadm-restore", ["-n"], OLD)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(savedByOracle()).toBe(OLD);
  });

  it("takes what ipvsadm-save wrote, with thresholds, and the original takes it too", () => {
    put(OLD);
    oracle(..."-e -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 4 -x 100 -y 50".split(" "));
    const { stdout: saved } = runProgram("ipvsadm-save", ["-n"]);
    const thresholds = oracle("-Ln", "--thresholds");
    clearByOracle();
    expect(runProgram("ipvsadm-restore", [], saved).status).toBe(0);
    expect(oracle("-Ln", "--thresholds")).toBe(thresholds);
    clearByOracle();
    put(saved);
    expect(oracle("-Ln", "--thresholds")).toBe(thresholds);
  });

  it("prints the least changes with --dry-run, in a safe order, and makes none", () => {
    put(OLD);
    const { status, stdout } = runProgram("ipvsadm-restore", ["--dry-run"], NEW);
    expect(status).toBe(0);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "-a -t 192.0.2.1:80 -r 198.51.100.3:80 -m -w 1",
      "-A -f 5 -s sh -b sh-fallback",
      "-a -f 5 -r 198.51.100.9:0 -g -w 1",
      "-E -t 192.0.2.1:80 -s wrr",
      "-e -t 192.0.2.1:80 -r 198.51.100.2:80 -m -w 7",
      "-d -t 192.0.2.1:80 -r 198.51.100.1:80",
      "-D -u 192.0.2.2:53",
    ]);
    expect(savedByOracle()).toBe(OLD);
  });

  it.each([
    [
      "a mistake in the last line",
      `${NEW}-A -t bad:80 -s rr\n`,
      "line 6: illegal virtual server address[:port] specified\n",
    ],
    ["an unknown option", "-A -t 192.0.2.1:80 --bogus\n", "line 1: --bogus: unknown option\n"],
    [
      "a server of no service",
      "-a -t 192.0.2.1:80 -r 198.51.100.1 -m\n",
      "line 1: there is no service tcp 192.0.2.1:80 in the lines before\n",
    ],
    ["a listing", "-L\n", "line 1: only rules that change the table can stand here, not listings, -S or help\n"],
    ["broken JSON", '{"services":', `not JSON: ${executable ? "Unexpected EOF" : "Unexpected end of JSON input"}\n`],
    [
      "a wrong value in JSON",
      '{"services":[{"fwmark":0}]}',
      "services[0].fwmark: must be a whole number from 1 to 4294967295\n",
    ],
    [
      "all mistakes",
      "-A\n-B\n",
      "line 1: You need to supply the 'service-address' option for the 'add-service' command\nline 2: Try `ipvsadm -h' or 'ipvsadm --help' for more information.\n",
    ],
  ])("changes nothing for %s", (_what, input, message) => {
    put(OLD);
    expect(runProgram("ipvsadm-restore", [], input)).toEqual({ status: 2, stdout: "", stderr: message });
    expect(savedByOracle()).toBe(OLD);
  });

  it("refuses to empty the table by accident", () => {
    put(OLD);
    for (const input of ["", "\n# nothing\n", '{"services":[]}']) {
      const { status, stderr } = runProgram("ipvsadm-restore", [], input);
      expect([status, stderr]).toEqual([2, expect.stringContaining("nothing was changed")]);
    }
    expect(savedByOracle()).toBe(OLD);
    expect(runProgram("ipvsadm-restore", ["--allow-empty"], "").status).toBe(0);
    expect(savedByOracle()).toBe("");
    expect(runProgram("ipvsadm-restore", [], "").status).toBe(0);
  });

  it("empties it when the input says -C", () => {
    put(OLD);
    expect(runProgram("ipvsadm-restore", [], "-C\n").status).toBe(0);
    expect(savedByOracle()).toBe("");
  });

  it("refuses arguments that it does not know, so that a mistyped --dry-run changes nothing", () => {
    put(OLD);
    const { status, stderr } = runProgram("ipvsadm-restore", ["--dryrun"], NEW);
    expect([status, stderr]).toEqual([2, expect.stringContaining("--dryrun")]);
    expect(savedByOracle()).toBe(OLD);
  });

  it("names the line of a refusal, applies the rest, and fails", () => {
    put(OLD);
    const input = `${NEW}-A -t 192.0.2.8:80 -s nosuch\n-a -t 192.0.2.8:80 -r 198.51.100.1:80 -m\n-a -f 5 -r 224.0.0.1:0 -g -w 1\n`;
    const { status, stdout, stderr } = runProgram("ipvsadm-restore", [], input);
    expect([status, stdout]).toEqual([255, ""]);
    expect(stderr).toContain("line 6: Scheduler or persistence engine not found\n");
    expect(stderr).toContain("line 8: Invalid operation.");
    expect(stderr).toContain("were refused by the kernel");
    expect(savedByOracle()).toBe(NEW);
  });
});

describe("apply", () => {
  it("reads a file, rules or JSON, and settings with it", () => {
    put(OLD);
    const path = `${process.env.TMPDIR ?? "/tmp"}/ipvsadm-apply-${process.pid}`;
    const { stdout: json } = typed("-S --json");
    writeFileSync(path, json);
    put(`-C\n${NEW}`);
    expect(typed(`apply ${path}`)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(savedByOracle()).toBe(OLD);
    const before = oracle("-L", "--timeout");
    expect(typed("apply -", `${NEW}--set 901 121 301\n`).status).toBe(0);
    expect(savedByOracle()).toBe(NEW);
    expect(oracle("-L", "--timeout")).toBe("Timeout (tcp tcpfin udp): 901 121 301\n");
    oracle("--set", ...before.split(": ")[1]!.trim().split(" "));
  });

  it("leaves services alone when JSON says nothing about them", () => {
    put(OLD);
    expect(typed("apply -", '{"timeouts":{"tcp":902,"tcpFin":0,"udp":0}}').status).toBe(0);
    expect(savedByOracle()).toBe(OLD);
    expect(oracle("-L", "--timeout")).toContain(" 902 ");
    oracle("--set", "900", "0", "0");
  });

  it("says what is wrong with the file's name", () => {
    expect(typed("apply /nonexistent/file")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("/nonexistent/file"),
    });
  });
});

describe("diff", () => {
  it("compares the live table with a file: 0 same, 1 different, 2 trouble", () => {
    put(OLD);
    expect(typed("diff -", OLD)).toEqual({ status: 0, stdout: "", stderr: "" });
    const { status, stdout } = typed("diff -", NEW);
    expect(status).toBe(1);
    expect(stdout).toBe(`--- live
+++ -
--A -t 192.0.2.1:80 -s rr
+-A -t 192.0.2.1:80 -s wrr
--a -t 192.0.2.1:80 -r 198.51.100.2:80 -m -w 1
+-a -t 192.0.2.1:80 -r 198.51.100.2:80 -m -w 7
+-a -t 192.0.2.1:80 -r 198.51.100.3:80 -m -w 1
--a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 1
--A -u 192.0.2.2:53 -s wlc
--a -u 192.0.2.2:53 -r 198.51.100.1:53 -m -w 1
+-A -f 5 -s sh -b sh-fallback
+-a -f 5 -r 198.51.100.9:0 -g -w 1
`);
    expect(typed("diff -", "-A\n").status).toBe(2);
    expect(typed("diff").status).toBe(2);
  });
});

describe("save --all", () => {
  it("writes timeouts too, which apply and the original accept", () => {
    put(OLD);
    const { stdout } = runProgram("ipvsadm-save", ["--all"]);
    expect(stdout).toBe(`${OLD}--set ${oracle("-L", "--timeout").split(": ")[1]!.trim()}\n`);
    expect(runProgram("ipvsadm-restore", [], stdout)).toEqual({ status: 0, stdout: "", stderr: "" });
    clearByOracle();
    put(stdout);
    expect(savedByOracle()).toBe(OLD);
  });
});

describe("with another program at the table", () => {
  let client: IpvsClient;
  beforeAll(async () => {
    client = await IpvsClient.open();
  });
  afterAll(() => client.close());

  const wantedOf = async (text: string) =>
    wantedTable((await parseRules(text, { names: noNames, program: "ipvsadm" })).rules).wanted;

  it("plans again when the table is not what it was", async () => {
    put(OLD);
    const live = await client.table();
    // Meanwhile: one server more that is not wanted, one gone that the plan will edit, a service gone.
    oracle(..."-a -t 192.0.2.1:80 -r 198.51.100.77:80 -m".split(" "));
    oracle(..."-d -t 192.0.2.1:80 -r 198.51.100.2:80".split(" "));
    oracle(..."-D -u 192.0.2.2:53".split(" "));
    const applied = await applyTable(client, live, await wantedOf(NEW));
    expect(applied).toMatchObject({ refused: [], unsent: 0, remaining: [] });
    expect(savedByOracle()).toBe(NEW);
  });

  it.each([
    ["a service is gone", "-D -t 192.0.2.1:80"],
    ["a server that it edits is gone", "-d -t 192.0.2.1:80 -r 198.51.100.2:80"],
    ["a server that it adds is there", "-a -t 192.0.2.1:80 -r 198.51.100.3:80 -g -w 5"],
    ["a service that it adds is there", "-A -f 5 -s rr"],
  ])("takes no refusal as final that another program caused: %s", async (_what, interference) => {
    put(OLD);
    const live = await client.table();
    oracle(...interference.split(" "));
    expect(await applyTable(client, live, await wantedOf(NEW))).toMatchObject({
      refused: [],
      unsent: 0,
      remaining: [],
      misordered: [],
    });
    expect(savedByOracle()).toBe(NEW);
  });

  it("sees what happened to a service that it had no reason to touch", async () => {
    put(NEW);
    const wanted = await wantedOf(`${NEW}-A -f 6 -s rr\n`);
    const live = await client.table();
    oracle(..."-d -f 5 -r 198.51.100.9:0".split(" "));
    expect(await applyTable(client, live, wanted)).toMatchObject({ refused: [], remaining: [] });
    expect(savedByOracle()).toBe(`${NEW}-A -f 6 -s rr\n`);
  });

  it("takes a refusal as final that no other program can have caused", async () => {
    const wanted = await wantedOf(`${NEW}-A -f 6 -s nosuch\n-a -f 6 -r 198.51.100.9:0 -g -w 1\n`);
    const batch = vi.spyOn(client, "batch");
    const { refused, remaining } = await applyTable(client, await client.table(), wanted);
    expect(refused.map(({ origin, error }) => [origin, error.code])).toEqual([
      ["line 6", "ENOENT"],
      ["line 7", "ESRCH"],
    ]);
    expect([remaining, batch.mock.calls.length]).toEqual([[], 1]);
    batch.mockRestore();
    expect(savedByOracle()).toBe(NEW);
  });

  it("starts no daemon twice when another program was faster", async () => {
    const wanted = await wantedOf("--start-daemon master --mcast-interface lo --syncid 3\n");
    const daemons = client.daemons.bind(client);
    client.daemons = async () => {
      client.daemons = daemons;
      const running = await daemons();
      oracle(..."--start-daemon master --mcast-interface lo --syncid 3".split(" "));
      return running;
    };
    expect(await applySettings(client, wanted.settings)).toEqual([]);
    expect(await daemons()).toMatchObject([{ state: "master", syncId: 3 }]);
    oracle("--stop-daemon", "master");
  });

  it("gives up after three tries and says what is missing", async () => {
    put(OLD);
    const live = await client.table();
    // A writer that undoes one change whenever the table is read back.
    const table = client.rowTable.bind(client);
    client.rowTable = async () => {
      oracle(..."-e -t 192.0.2.1:80 -r 198.51.100.2:80 -m -w 99".split(" "));
      return table();
    };
    const applied = await applyTable(client, live, await wantedOf(NEW));
    client.rowTable = table;
    expect(applied.refused).toEqual([]);
    expect(applied.remaining).toMatchObject([{ kind: "edit-server", server: { address: "198.51.100.2", weight: 7 } }]);
  });
});

describe("interrupted", () => {
  const many = (count: number, weight: number) => {
    const lines = [];
    for (let i = 0; i < count; i++) {
      lines.push(`-A -f ${i + 1} -s rr`);
      for (let j = 1; j <= 9; j++) lines.push(`-a -f ${i + 1} -r 198.51.${i % 200}.${j}:80 -m -w ${weight}`);
    }
    return `${lines.join("\n")}\n`;
  };
  const sorted = (text: string) => text.trimEnd().split("\n").sort();

  it("reports what is applied and what is not, and the same command finishes it", async () => {
    const input = many(1500, 1);
    const restore = startProgram("ipvsadm-restore", [], input);
    const watch = setInterval(() => {
      if (oracle("-Sn").length > 0) restore.kill("SIGTERM");
    }, 5);
    const { status, stderr } = await restore.outcome;
    clearInterval(watch);
    if (status !== 0) {
      expect([status, stderr]).toEqual([
        143,
        expect.stringMatching(/^SIGTERM: \d+ changes were applied, \d+ were not/),
      ]);
    }
    expect(runProgram("ipvsadm-restore", [], input)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(sorted(savedByOracle())).toEqual(sorted(input));
  });

  it("killed at random moments, applied again: the table is right", async () => {
    const versions = [many(400, 1), many(400, 2)];
    for (let round = 0; round < 6; round++) {
      const restore = startProgram("ipvsadm-restore", [], versions[round % 2]!);
      setTimeout(() => restore.kill("SIGKILL"), 300 + Math.random() * 900);
      await restore.outcome;
    }
    expect(runProgram("ipvsadm-restore", [], versions[0]!).status).toBe(0);
    expect(sorted(savedByOracle())).toEqual(sorted(versions[0]!));
  });
});

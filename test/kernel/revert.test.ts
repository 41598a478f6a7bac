import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { clearByOracle, oracle, savedByOracle } from "./oracle.js";
import { ipvsadm, runProgram, SILENT_SUCCESS, startIpvsadm, typed } from "./program.js";

const put = (text: string) => execFileSync("/usr/sbin/ipvsadm", ["-R"], { input: text });
const restore = (text: string, ...args: string[]) => runProgram("ipvsadm-restore", args, text);

const WEB = "-A -t 192.0.2.1:80 -s rr\n";
const server = (number: number, rest = "-m -w 1", service = "-t 192.0.2.1:80") =>
  `-a ${service} -r 198.51.100.${number}:80 ${rest}\n`;

/** The order of the kernel's own list, newest first. */
const order = () =>
  Array.from(oracle("-Ln", "--nosort").matchAll(/-> 198\.51\.100\.(\d+)/g), ([, number]) => number).join("");

beforeEach(() => {
  clearByOracle();
  oracle("--set", "900", "120", "300");
  rmSync("/run/ipvsadm", { recursive: true, force: true });
});

describe("ipvsadm revert", () => {
  it("takes the last restore back, and only what it changed: counters live on", () => {
    put(WEB + server(1) + server(2));
    expect(restore(WEB.replace("rr", "wlc") + server(1, "-m -w 5 -x 7 -y 3") + server(3))).toEqual(SILENT_SUCCESS);
    expect(ipvsadm("revert", "--dry-run")).toEqual({
      ...SILENT_SUCCESS,
      stdout: `${server(2)}${WEB.replace("-A", "-E")}${server(1).replace("-a", "-e")}-d -t 192.0.2.1:80 -r 198.51.100.3:80\n`,
    });
    expect(ipvsadm("revert")).toMatchObject({ status: 0, stderr: "" });
    expect(savedByOracle()).toBe(WEB + server(1) + server(2));
    expect(ipvsadm("revert")).toEqual({ status: 1, stdout: "", stderr: "there is no change to take back\n" });
  });

  it("a restore that changes nothing does not forget the one before", () => {
    put(WEB + server(1));
    expect(restore(WEB + server(2))).toEqual(SILENT_SUCCESS);
    expect(restore(WEB + server(2))).toEqual(SILENT_SUCCESS);
    expect(ipvsadm("revert").status).toBe(0);
    expect(savedByOracle()).toBe(WEB + server(1));
  });

  it("a change that went back does not forget the one before either", () => {
    put(WEB + server(1));
    expect(restore(WEB + server(2))).toEqual(SILENT_SUCCESS);
    expect(restore(WEB + server(3), "--confirm", "1").status).toBe(3);
    expect(savedByOracle()).toBe(WEB + server(2));
    expect(ipvsadm("revert").status).toBe(0);
    expect(savedByOracle()).toBe(WEB + server(1));
  });

  it("empties the table only when told to", () => {
    expect(restore(WEB + server(1))).toEqual(SILENT_SUCCESS);
    expect(ipvsadm("revert")).toEqual({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^taking the change of .* back would empty the table: nothing was changed; say --allow-empty/,
      ),
    });
    expect(savedByOracle()).toBe(WEB + server(1));
    expect(ipvsadm("revert", "--allow-empty").status).toBe(0);
    expect(savedByOracle()).toBe("");
  });

  it("puts timeouts and sync daemons back", () => {
    put(WEB + server(1));
    oracle("--start-daemon", "master", "--mcast-interface", "lo", "--syncid", "7");
    const before = oracle("-L", "--daemon");
    const text = `${WEB}${server(1)}--set 100 0 50\n--stop-daemon master\n--start-daemon master --mcast-interface lo --syncid 9\n--start-daemon backup --mcast-interface lo\n`;
    expect(restore(text)).toEqual(SILENT_SUCCESS);
    expect(oracle("-L", "--daemon")).not.toBe(before);
    oracle("--set", "0", "0", "60");
    const { status, stderr, stdout } = ipvsadm("revert");
    expect([status, stdout]).toEqual([0, expect.stringContaining("timeout udp: changed, and stays so: 60\n")]);
    expect(stderr).toBe("");
    expect(oracle("-L", "--daemon")).toBe(before);
    expect(oracle("-L", "--timeout")).toBe("Timeout (tcp tcpfin udp): 900 120 60\n");
    oracle("--stop-daemon", "master");
  });

  it("puts back what 1.31 has no words for", () => {
    const odd =
      "-a -t 192.0.2.1:80 -r 198.51.100.1:80 -g -w 1 --raw port=8080\n-A -f 4294967295 -6 -s rr -p 100 -M 64\n";
    expect(typed("-R", WEB + odd)).toEqual(SILENT_SUCCESS);
    const before = typed("-S --nosort").stdout;
    expect(restore(WEB + server(2))).toEqual(SILENT_SUCCESS);
    expect(ipvsadm("revert").status).toBe(0);
    expect(typed("-S --nosort").stdout).toBe(before);
  });

  it("puts servers of sh back in their places", () => {
    const table = (...numbers: number[]) => WEB.replace("rr", "sh") + numbers.map((number) => server(number)).join("");
    put(table(1, 2, 3, 4));
    expect(order()).toBe("4321");
    expect(restore(table(1, 3, 4)).status).toBe(0);
    expect(ipvsadm("revert").status).toBe(0);
    expect(order()).toBe("4321");
    expect(restore(table(4, 3, 2, 1), "--order").status).toBe(0);
    expect(order()).toBe("1234");
    expect(ipvsadm("revert").status).toBe(0);
    expect(order()).toBe("4321");
  });

  it("leaves alone and names what another program changed while a change waits", async () => {
    put(WEB + server(1) + server(2));
    const rest = "-A -u 192.0.2.1:53 -s rr\n";
    put(rest);
    const wanted = `${WEB}${server(1, "-m -w 5")}${server(2)}${rest}`;
    const file = "/dev/shm/revert.rules";
    execFileSync("tee", [file], { input: wanted });
    const waiting = startIpvsadm("apply", "--confirm", "600", file);
    await waiting.says("keeps the new table");
    oracle("-e", "-t", "192.0.2.1:80", "-r", "198.51.100.2:80", "-m", "-w", "9");
    oracle("-D", "-u", "192.0.2.1:53");
    oracle("-A", "-f", "7", "-s", "rr");
    expect(ipvsadm("revert").status).toBe(0);
    const notes = [
      "another program has changed since:",
      "  tcp 192.0.2.1:80 198.51.100.2:80: weight changed, and stays so: -w 9",
      "  fwmark 7 ipv4: added, and stays",
      "  udp 192.0.2.1:53: deleted, and stays so",
    ];
    expect(await waiting.outcome).toMatchObject({
      status: 3,
      stderr: expect.stringContaining(`${notes.join("\n")}\n`),
    });
    expect(savedByOracle()).toBe(`${WEB}${server(1)}${server(2, "-m -w 9")}-A -f 7 -s rr\n`);
    rmSync(file);
  });

  it("says what the kernel refuses, and can be repeated", () => {
    const text = `${WEB}${server(1)}`;
    put(text);
    oracle("--start-daemon", "master", "--mcast-interface", "lo");
    const interfaces = (...args: string[]) => execFileSync("ip", args);
    interfaces("link", "add", "dummy7", "type", "dummy");
    interfaces("link", "set", "dummy7", "up");
    interfaces("addr", "add", "10.77.0.1/24", "dev", "dummy7");
    oracle("--stop-daemon", "master");
    oracle("--start-daemon", "backup", "--mcast-interface", "dummy7");
    expect(restore(`${text}--stop-daemon backup\n`)).toEqual(SILENT_SUCCESS);
    interfaces("link", "delete", "dummy7");
    expect(ipvsadm("revert")).toMatchObject({ status: 255, stderr: expect.stringContaining("was taken back in part") });
    interfaces("link", "add", "dummy7", "type", "dummy");
    interfaces("link", "set", "dummy7", "up");
    interfaces("addr", "add", "10.77.0.1/24", "dev", "dummy7");
    expect(ipvsadm("revert").status).toBe(0);
    expect(oracle("-L", "--daemon")).toContain("dummy7");
    oracle("--stop-daemon", "backup");
    interfaces("link", "delete", "dummy7");
  });
});

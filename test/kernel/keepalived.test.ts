import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { main } from "../../src/cli/main.js";
import { ANSWERING_PORT, CHANGED, CHANGES } from "./keepalived/changes.js";
import { CONFIGURATIONS, INCLUDED } from "./keepalived/configurations.js";
import { Scratch, startKeepalived, stopKeepalived } from "./keepalived/keepalived.js";
import { clearByOracle, oracle, savedByOracle } from "./oracle.js";
import { ipvsadm, type Running, SILENT_SUCCESS, typed } from "./program.js";
import { GreetingServers } from "./traffic.js";

/** Systems without documentation have none. */
const FOLDER = "/usr/share/doc/keepalived/samples";
const SAMPLES = existsSync(FOLDER)
  ? readdirSync(FOLDER)
      .map((name) => `${FOLDER}/${name}`)
      .filter((path) => /^virtual_server /m.test(readFileSync(path, "utf8")))
  : [];

const scratch = new Scratch();
const ip = (...args: string[]) => execFileSync("ip", args);

beforeAll(() => {
  ip("link", "add", "eth9", "type", "dummy");
  for (const network of ["10.0.0.254/8", "192.168.0.1/16"]) ip("addr", "add", network, "dev", "eth9");
  ip("addr", "add", "fd00::ffff/64", "dev", "eth9", "nodad");
  ip("link", "set", "eth9", "up");
  for (const [path, text] of Object.entries(INCLUDED)) scratch.write(path, text);
});
afterAll(() => {
  oracle("--set", "900", "120", "300"); // one of the configurations says others
  expect(oracle("-L", "--daemon")).toBe("");
  ip("link", "del", "eth9");
  scratch.remove();
});
beforeEach(clearByOracle);

/** What happens while the real keepalived runs with a configuration. */
async function withKeepalived(text: string, work: (path: string, keepalived: Running) => unknown): Promise<void> {
  const path = scratch.write("keepalived.conf", text.replaceAll("FOLDER", scratch.folder));
  const keepalived = await startKeepalived(scratch, path);
  try {
    await work(path, keepalived);
  } finally {
    await stopKeepalived(keepalived);
  }
}

const diff = (path: string, ...options: string[]) => ipvsadm("diff", "--config-id", "director1", ...options, path);

/** The same in this process: starting one takes a second. */
async function quickDiff(path: string, ...options: string[]) {
  const said = { stdout: "", stderr: "" };
  const io = {
    env: {},
    readInput: () => "",
    steer() {},
    out(text: string | Uint8Array) {
      said.stdout += text;
    },
    err(text: string) {
      said.stderr += text;
    },
  };
  const args = ["ipvsadm", "diff", "--config-id", "director1", ...options, path];
  return { status: await main(args, io), ...said };
}

describe("the table that keepalived makes", () => {
  const answering = new GreetingServers();
  afterAll(() => answering.close());

  it.each(Object.entries(CONFIGURATIONS))("does not differ from its configuration: %s", (_name, text) =>
    withKeepalived(text, async (path) => {
      expect(savedByOracle()).toMatch(/^-a /m);
      expect(await quickDiff(path, "--strict")).toEqual(SILENT_SUCCESS);
    }),
  );

  it.skipIf(SAMPLES.length === 0)(
    "does not differ from keepalived's own samples, where the package has them",
    async () => {
      for (const path of SAMPLES) {
        await withKeepalived(readFileSync(path, "utf8"), async (copy) => {
          const { status, stdout, stderr } = await quickDiff(copy);
          expect({ path, status, differences: stdout.replaceAll(/^# .*\n/gm, ""), stderr }).toEqual({
            ...{ path, status: 0, differences: "", stderr: "" },
          });
        });
        clearByOracle();
      }
    },
  );

  it("differs after any single change", async () => {
    await answering.open(ANSWERING_PORT, "127.0.0.1");
    await withKeepalived(CHANGED, async (path) => {
      expect(diff(path)).toEqual(SILENT_SUCCESS);
      for (const [change, back] of CHANGES) {
        oracle(...change.split(" "));
        const { status, stdout } = await quickDiff(path);
        expect({ change, status, shown: /^[+-]-/m.test(stdout) || /^[+-]# order/m.test(stdout) }).toEqual({
          change,
          status: 1,
          shown: true,
        });
        for (const line of back) oracle(...line.split(" "));
      }
      expect(diff(path)).toEqual(SILENT_SUCCESS);
    });
    expect(CHANGES.length).toBeGreaterThanOrEqual(20);
  });
});

describe("what keepalived's checks do to the table", () => {
  const check = "delay_loop 1\n connect_timeout 1\n retry 0";
  const servers = (words: string) =>
    [2, 3, 4].map((last) => `real_server 127.0.0.${last} 7070 {\n ${words}\n TCP_CHECK {\n }\n}`).join("\n");
  const configuration = (words: string, own: string) =>
    `virtual_server 192.0.2.1 80 {\n protocol TCP\n lb_algo mh\n ${check}\n ${words}\n ${servers(own)}\n}\n`;
  const greeting = new GreetingServers();
  afterAll(() => greeting.close());

  it("is told and excused: failed servers, the sorry server, and servers that come back", async () => {
    await greeting.open(7070, "127.0.0.3");
    await withKeepalived(configuration("sorry_server 127.0.0.9 80", "weight 5"), async (path, keepalived) => {
      await keepalived.says("Removing service [127.0.0.2]:tcp:7070");
      await keepalived.says("Removing service [127.0.0.4]:tcp:7070");
      const absent = (last: number) =>
        `# tcp 192.0.2.1:80, server 127.0.0.${last}:7070: only in the second table, perhaps failed its check\n`;
      expect(diff(path)).toEqual({ ...SILENT_SUCCESS, stdout: absent(2) + absent(4) });
      const strict = diff(path, "--strict");
      expect(strict.status).toBe(1);
      expect(strict.stdout).toContain("+-a -t 192.0.2.1:80 -r 127.0.0.2:7070 -m -w 5\n");
      const json = diff(path, "--json");
      expect(json.status).toBe(0);
      expect(JSON.parse(json.stdout)).toMatchObject({
        differences: [],
        excused: [2, 4].map((last) => ({
          service: { address: "192.0.2.1", port: 80 },
          destination: { after: { address: `127.0.0.${last}`, weight: 5 } },
          reason: "perhaps failed its check",
        })),
      });
      await greeting.open(7070, "127.0.0.2", "127.0.0.4");
      await keepalived.says("Adding service [127.0.0.2]:tcp:7070");
      await keepalived.says("Adding service [127.0.0.4]:tcp:7070");
      const back = diff(path);
      expect(back).toEqual({
        ...SILENT_SUCCESS,
        stdout: "# tcp 192.0.2.1:80: servers in another order, perhaps failed a check and came back\n",
      });
      await greeting.close();
      await keepalived.says("Adding sorry server [127.0.0.9]:tcp:80");
      expect(diff(path)).toEqual({
        ...SILENT_SUCCESS,
        stdout: `${[2, 3, 4].map((last) => absent(last).replace("perhaps failed its check", "quorum lost")).join("")}# tcp 192.0.2.1:80, server 127.0.0.9:80: only in the first table, quorum lost\n`,
      });
    });
  });

  it("is told and excused: weight 0 under inhibit_on_failure; a server that is gone is not", async () => {
    await withKeepalived(configuration("", "inhibit_on_failure"), async (path, keepalived) => {
      for (const last of [2, 3, 4]) await keepalived.says(`Disabling service [127.0.0.${last}]:tcp:7070`);
      const disabled = (last: number) =>
        `# tcp 192.0.2.1:80, server 127.0.0.${last}:7070: weight 0 and 1, perhaps failed its check\n`;
      expect(diff(path)).toEqual({ ...SILENT_SUCCESS, stdout: [2, 3, 4].map(disabled).join("") });
      oracle("-d", "-t", "192.0.2.1:80", "-r", "127.0.0.4:7070");
      const gone = diff(path);
      expect(gone.status).toBe(1);
      expect(gone.stdout).toContain("+-a -t 192.0.2.1:80 -r 127.0.0.4:7070 -m -w 1\n");
    });
  });
});

describe("export keepalived", () => {
  const RULES = `-A -t 192.0.2.1:80 -s mh -b mh-port,mh-fallback
-a -t 192.0.2.1:80 -r 10.0.0.9:80 -g -w 3
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1
-a -t 192.0.2.1:80 -r 10.0.0.5:8080 -m -w 1 -x 9 -y 4
-A -t 192.0.2.1:0 -s sh -b sh-port -p 300 -M 255.255.255.0
-a -t 192.0.2.1:0 -r 10.0.0.2:0 -m -w 0
-a -t 192.0.2.1:0 -r 10.0.0.1:0 -g -w 1
-A -u 192.0.2.1:5060 -s rr -o -p 100 --pe sip
-a -u 192.0.2.1:5060 -r 10.0.0.1:5061 -m -w 1
-A --sctp-service 192.0.2.1:9 -s wlc
-a --sctp-service 192.0.2.1:9 -r 10.0.0.1:9 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum
-a --sctp-service 192.0.2.1:9 -r 10.0.0.2:9 -i -w 1 --tun-type gre
-a --sctp-service 192.0.2.1:9 -r [fd00::3]:9 -i -w 1
-A -t [fd00:1::1]:80 -s dh -p 360 -M 64
-a -t [fd00:1::1]:80 -r [fd00::2]:8080 -m -w 2
-a -t [fd00:1::1]:80 -r [fd00::1]:8080 -m -w 1
-A -f 7 -s lc
-a -f 7 -r 10.0.0.1:8080 -m -w 1
-A -f 8 -6 -s wlc
-a -f 8 -6 -r 10.0.0.1:0 -i -w 1
-A -f 9 -s wlc
-a -f 9 -r [fd00::1]:0 -i -w 1
`;

  it("writes what keepalived accepts and makes the same table of, in the same order", async () => {
    expect(typed("-R", RULES)).toEqual(SILENT_SUCCESS);
    const [saved, listed] = [
      savedByOracle(),
      oracle("-Ln", "--nosort")
        .match(/^ {2}->.*|^\S.*/gm)!
        .sort(),
    ];
    const exported = ipvsadm("export", "keepalived");
    expect(exported).toEqual({ ...SILENT_SUCCESS, stdout: expect.stringContaining("virtual_server fwmark 9 {") });
    const path = scratch.write("exported.conf", exported.stdout);
    execFileSync("/usr/sbin/keepalived", ["-t", "-f", path], { stdio: "pipe" });
    expect(diff(path, "--strict")).toEqual(SILENT_SUCCESS);
    const rules = scratch.write("exported.rules", ipvsadm("-S", "-n", "--nosort").stdout);
    clearByOracle();
    await withKeepalived(exported.stdout, () => {
      expect(savedByOracle()).toBe(saved);
      expect(
        oracle("-Ln", "--nosort")
          .match(/^ {2}->.*|^\S.*/gm)!
          .sort(),
      ).toEqual(listed);
      expect(ipvsadm("diff", rules)).toEqual(SILENT_SUCCESS);
    });
  });

  it("names what keepalived has no words for, and leaves it out", () => {
    typed(
      "-R",
      "-A -t 192.0.2.1:80 -s rr\n-A -t 192.0.2.2:80 -s rr\n-a -t 192.0.2.2:80 -r 10.0.0.1:80 -m\n-a -t 192.0.2.2:80 -r 10.0.0.2:80 -g --raw port=81\n",
    );
    const { status, stdout, stderr } = ipvsadm("export", "keepalived");
    expect(status).toBe(1);
    expect(stderr.split("\n")).toEqual([
      "not in the keepalived output: -A -t 192.0.2.1:80 -s rr   (a service without servers)",
      expect.stringMatching(
        /^not in the keepalived output: -a -t 192\.0\.2\.2:80 -r 10\.0\.0\.2:8[01] -g -w 1 --raw port=81 /,
      ),
      "",
    ]);
    expect(stdout.match(/^# keepalived cannot express this: .*/gm)).toHaveLength(2);
    expect(stdout.match(/real_server \S+/g)).toEqual(["real_server 10.0.0.1"]);
  });
});

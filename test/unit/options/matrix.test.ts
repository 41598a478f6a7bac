import { describe, expect, it } from "vitest";
import { parse, refusal } from "./parsing.js";

/** Commands with all that they need, by the letters of the table below. */
const COMMANDS: Readonly<Record<string, readonly [name: string, line: string]>> = {
  A: ["add-service", "-A -u 10.0.0.1:80"],
  E: ["edit-service", "-E -u 10.0.0.1:80"],
  D: ["delete-service", "-D -u 10.0.0.1:80"],
  C: ["flush", "-C"],
  L: ["list", "-L"],
  Z: ["zero", "-Z"],
  a: ["add-server", "-a -u 10.0.0.1:80 -r 10.0.1.1"],
  e: ["edit-server", "-e -u 10.0.0.1:80 -r 10.0.1.1"],
  d: ["delete-server", "-d -u 10.0.0.1:80 -r 10.0.1.1"],
  s: ["set", "--set 1 2 3"],
  R: ["restore", "-R"],
  S: ["save", "-S"],
  "+": ["start-daemon", "--start-daemon master"],
  "-": ["stop-daemon", "--stop-daemon master"],
};

/** Options, their names in messages, and the letters of the commands that take them: what ipvsadm 1.31 was seen to do. */
const OPTIONS: readonly (readonly [option: string, name: string, allowed: string])[] = [
  ["-n", "numeric", "LS"],
  ["-c", "connection", "L"],
  ["-s rr", "scheduler", "AE"],
  ["-p", "persistent", "AE"],
  ["-M 255.255.255.0", "netmask", "AE"],
  ["-g", "forwarding-method", "ae"],
  ["-m", "forwarding-method", "ae"],
  ["-i", "forwarding-method", "ae"],
  ["-w 1", "weight", "ae"],
  ["-x 1", "u-threshold", "ae"],
  ["-y 1", "l-threshold", "ae"],
  ["--mcast-interface lo", "mcast-interface", "+"],
  ["--timeout", "timeout", "L"],
  ["--daemon", "daemon", "L"],
  ["--stats", "stats", "L"],
  ["--rate", "rate", "L"],
  ["--thresholds", "thresholds", "L"],
  ["--persistent-conn", "persistent-conn", "L"],
  ["--nosort", "nosort", "LS"],
  ["--syncid 1", "syncid", "L+-"],
  ["--exact", "exact", "L"],
  ["-o", "ops", "AE"],
  ["--pe sip", "pe", "AE"],
  ["-b flag-1", "sched-flags", "AE"],
  ["--mcast-group 224.0.0.1", "mcast-group", "+"],
  ["--mcast-port 1", "mcast-port", "+"],
  ["--mcast-ttl 1", "mcast-ttl", "+"],
  ["--sync-maxlen 1", "sync-maxlen", "+"],
  ["--tun-info", "tun-info", "L"],
  ["--sort", "", Object.keys(COMMANDS).join("")],
  ["--sort --sort", "", Object.keys(COMMANDS).join("")],
  // Ours.
  ["-j", "json", "LS"],
  ["--all", "all", "S"],
  ["--only tcp", "only", "L"],
  ["--weight-zero", "weight-zero", "L"],
  ["--empty", "empty", "L"],
  ["--wide", "wide", "L"],
  ["--color never", "color", "L"],
];

describe.each(Object.entries(COMMANDS))("%s", (letter, [command, line]) => {
  it.each(OPTIONS)("%s", (option, name, allowed) => {
    if (allowed.includes(letter)) expect(parse(`${line} ${option}`).kind).toBe(command);
    else expect(refusal(`${line} ${option}`)).toEqual([2, `Illegal '${name}' option with the '${command}' command`]);
  });

  it.each(["-t 10.0.0.1:80", "-f 1"])("%s", (option) => {
    if ("LZ".includes(letter)) expect(parse(`${line} ${option}`).kind).toBe(command);
    else if ("AEDaed".includes(letter)) {
      expect(refusal(`${line} ${option}`)).toEqual([2, "multiple 'service-address' options specified"]);
    } else {
      expect(refusal(`${line} ${option}`)).toEqual([
        2,
        `Illegal 'service-address' option with the '${command}' command`,
      ]);
    }
  });

  it.each(["--tun-type gue", "--tun-port 1", "--tun-nocsum", "--tun-csum", "--tun-remcsum"])("%s", (option) => {
    const [name] = option.slice(2).split(" ");
    expect(refusal(`${line} ${option}`)).toEqual([
      2,
      "ae".includes(letter)
        ? "Tunnel options conflict with forward method"
        : `Illegal '${name}' option with the '${command}' command`,
    ]);
  });

  it.each(["--client 10.0.0.9", "--vip 10.0.0.1", "--state NONE"])("%s", (option) => {
    const [name] = option.slice(2).split(" ");
    if (letter === "L") expect(parse(`${line} -c ${option}`).kind).toBe("list");
    else expect(refusal(`${line} ${option}`)).toEqual([2, `Illegal '${name}' option with the '${command}' command`]);
  });

  it("-r", () => {
    if ("aed".includes(letter)) {
      expect(refusal(`${line} -r 10.0.1.2`)).toEqual([2, "multiple 'real-server' options specified"]);
    } else if (letter === "L") {
      // Ours: 1.31 refuses it.
      expect(parse(`${line} -r 10.0.1.2`)).toMatchObject({ filter: { server: { address: "10.0.1.2" } } });
    } else {
      expect(refusal(`${line} -r 10.0.1.2`)).toEqual([2, `Illegal 'real-server' option with the '${command}' command`]);
    }
  });
});

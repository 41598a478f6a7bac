// What is done in the root of a Debian that has the package, on a real kernel, one after the other.

/** A command of the package, as its users and their programs give it, and what comes of it. */
export interface Step {
  readonly title: string;
  /** In the root; a string is a line for its shell. */
  readonly command: readonly string[] | string;
  readonly input?: string;
  /** Default: 0. */
  readonly status?: number;
  readonly stdout?: string | RegExp;
  /** Default: nothing when it succeeds. */
  readonly stderr?: string;
}

/** What systemd does of the unit, by the name of a line. */
export const unit = (line: "ExecStart" | "ExecReload" | "ExecStop"): string =>
  `unit=/usr/lib/systemd/system/ipvsadm.service
   exec env -i $(sed -n 's/^Environment=//p' $unit) /bin/sh -ac ". /etc/default/ipvsadm; exec $(sed -n 's/^${line}=//p' $unit)"`;

const settings = (...lines: string[]) => `printf '%s\\n' ${lines.join(" ")} >/etc/default/ipvsadm`;

const SERVICE = ["-t", "192.0.2.100:80"];
const RULES = `-A -t 192.0.2.100:80 -s rr
-a -t 192.0.2.100:80 -r 10.0.0.11:80 -m -w 1
-a -t 192.0.2.100:80 -r 10.0.0.12:80 -m -w 1
`;
const COMMENT = "# a comment of whoever wrote the file";
const LISTING = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.0.2.100:80 rr
  -> 10.0.0.11:80                 Masq    1      0          0         
  -> 10.0.0.12:80                 Masq    1      0          0         
`;
const DAEMON = "master sync daemon (mcast=eth0, syncid=7";
const daemons = (stdout: string | RegExp): Step => ({
  title: "daemons",
  command: ["ipvsadm", "-L", "--daemon"],
  stdout,
});
const table = (stdout: string): Step => ({ title: "the table", command: ["ipvsadm-save"], stdout });

/** The completion of bash, from where it is installed, for a line that ends where the cursor is. */
const complete = (line: string) => `bash -c '. /usr/share/bash-completion/completions/ipvsadm
  COMP_LINE="${line}" COMP_POINT=${line.length} COMP_WORDBREAKS=":="; _ipvsadm 2>/dev/null; printf "%s\\n" "\${COMPREPLY[@]}"'`;

export const COMMANDS: readonly Step[] = [
  { title: "there is no Node.js", command: "command -v node", status: 127, stdout: "" },
  { title: "add a service", command: ["ipvsadm", "-A", ...SERVICE, "-s", "rr"], stdout: "" },
  { title: "add a server", command: ["/sbin/ipvsadm", "-a", ...SERVICE, "-r", "10.0.0.11:80", "-m"], stdout: "" },
  { title: "add many", command: ["ipvsadm", "-R"], input: `-a ${SERVICE.join(" ")} -r 10.0.0.12:80 -m\n`, stdout: "" },
  { title: "list", command: ["ipvsadm", "-Ln"], stdout: LISTING },
  { title: "list as JSON", command: ["ipvsadm", "-Ln", "--json"], stdout: /"address":"10\.0\.0\.12"/ },
  { title: "save", command: ["ipvsadm-save"], stdout: RULES },
  { title: "restore", command: ["ipvsadm-restore", "--allow-empty"], stdout: "" },
  table(""),
  { title: "apply", command: ["ipvsadm", "apply", "-"], input: RULES, stdout: "" },
  { title: "no difference", command: ["ipvsadm", "diff", "-"], input: RULES, stdout: "" },
  { title: "set", command: ["ipvsadm", "set", ...SERVICE, "-r", "10.0.0.11:80", "-w", "5"], stdout: "" },
  { title: "a difference", command: ["ipvsadm", "diff", "-"], input: RULES, status: 1, stdout: /10\.0\.0\.11:80/ },
  { title: "drain", command: ["ipvsadm", "drain", "-r", "10.0.0.12", "--timeout", "60"] },
  { title: "back", command: ["ipvsadm", "drain", "-r", "10.0.0.12", "--restore-weight"] },
  { title: "top", command: ["ipvsadm", "top", "--once"], stdout: /192\.0\.2\.100:80/ },
  { title: "metrics", command: ["ipvsadm", "metrics"], stdout: /192\.0\.2\.100/ },
  { title: "doctor", command: ["ipvsadm", "doctor"], stdout: /\S/ },
  { title: "completion of commands", command: complete("ipvsadm dra"), stdout: "drain\n" },
  { title: "completion of services", command: complete("ipvsadm -D -t 192"), stdout: /^\S*80\n$/ },
  { title: "help", command: ["ipvsadm", "help", "drain"], stdout: /^Usage: ipvsadm drain/ },
  { title: "clear", command: ["ipvsadm", "-C"], stdout: "" },
];

const RULES_FILE = `printf '%s\\n' '${COMMENT}' '${RULES.trimEnd().replaceAll("\n", "' '")}' >/etc/ipvsadm.rules`;

/** The unit reads the files of Debian's package, and does with them what its init script does. */
export const UNIT: readonly Step[] = [
  { title: "rules are written", command: RULES_FILE },
  { title: "nothing is asked for", command: settings('AUTO=\\"false\\"', 'DAEMON=\\"none\\"') },
  { title: "start", command: unit("ExecStart"), stdout: "" },
  table(""),
  { title: "Debian's settings", command: settings('AUTO=\\"true\\"', "DAEMON=master", "IFACE=eth0", "SYNCID=7") },
  { title: "start", command: unit("ExecStart"), stdout: "" },
  table(RULES),
  daemons(new RegExp(DAEMON.replace("(", "\\("))),
  { title: "start again", command: unit("ExecStart"), stdout: "", stderr: "line 1: Daemon has already run\n" },
  { title: "another program empties the table", command: ["ipvsadm", "-C"] },
  { title: "reload", command: unit("ExecReload"), stdout: "" },
  table(RULES),
  { title: "one more service", command: ["ipvsadm", "-A", "-f", "7", "-s", "wlc"] },
  { title: "stop", command: unit("ExecStop"), stdout: "" },
  table(""),
  daemons(""),
  {
    title: "the file stays",
    command: "head -n 1 /etc/ipvsadm.rules; grep -c . /etc/ipvsadm.rules",
    stdout: `${COMMENT}\n4\n`,
  },
  { title: "stop again", command: unit("ExecStop"), stdout: "", stderr: "line 1: No daemon is running\n" },
  { title: "saving is asked for", command: settings("AUTO=true", "SAVE=true") },
  { title: "start", command: unit("ExecStart"), stdout: "" },
  { title: "one more service", command: ["ipvsadm", "-A", "-f", "7", "-s", "wlc"] },
  { title: "stop", command: unit("ExecStop"), stdout: "" },
  { title: "the file is new", command: ["grep", "-c", "^-A -f 7", "/etc/ipvsadm.rules"], stdout: "1\n" },
  { title: "start", command: unit("ExecStart"), stdout: "" },
  table(`${RULES}-A -f 7 -s wlc\n`),
  { title: "a mistake", command: "echo '-A -t 192.0.2.100:99999' >>/etc/ipvsadm.rules" },
  { title: "reload", command: unit("ExecReload"), status: 2, stdout: "" },
  table(`${RULES}-A -f 7 -s wlc\n`),
  { title: "an odd daemon", command: settings("AUTO=true", "SAVE=true", "DAEMON=some") },
  { title: "stop", command: unit("ExecStop"), status: 2, stdout: "" },
  table(""),
  { title: "the file is new, without the mistake", command: ["grep", "-c", "", "/etc/ipvsadm.rules"], stdout: "5\n" },
];

/** Debian's init script stays when its package goes: it works as before. */
export const INIT_SCRIPT: readonly Step[] = [
  { title: "rules are written", command: RULES_FILE },
  { title: "settings", command: settings("AUTO=true", "DAEMON=master", "IFACE=eth0", "SYNCID=7") },
  { title: "start", command: ["/etc/init.d/ipvsadm", "start"], stdout: /Loading IPVS configuration/ },
  table(RULES),
  daemons(new RegExp(DAEMON.replace("(", "\\("))),
  { title: "status", command: ["/etc/init.d/ipvsadm", "status"], stdout: LISTING },
  { title: "one more service", command: ["ipvsadm", "-A", "-f", "7", "-s", "wlc"] },
  { title: "save", command: ["/etc/init.d/ipvsadm", "save"], stdout: /Saving IPVS configuration/ },
  { title: "stop", command: ["/etc/init.d/ipvsadm", "stop"], stdout: /Clearing the current IPVS table/ },
  table(""),
  daemons(""),
  { title: "start", command: ["/etc/init.d/ipvsadm", "start"] },
  table(`${RULES}-A -f 7 -s wlc\n`),
  { title: "stop", command: ["/etc/init.d/ipvsadm", "stop"] },
];

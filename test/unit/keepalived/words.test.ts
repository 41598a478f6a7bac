import { describe, expect, it } from "vitest";
import { readWith, service } from "./reading.js";

describe("the words of a virtual_server", () => {
  it.each([
    ["", "-A -u 192.0.2.1:80 -s wlc"],
    ["protocol TCP", "-A -t 192.0.2.1:80 -s wlc"],
    ["protocol udp", "-A -u 192.0.2.1:80 -s wlc"],
    ["protocol SCTP", "-A --sctp-service 192.0.2.1:80 -s wlc"],
    ["protocol UDP\nprotocol TCP", "-A -t 192.0.2.1:80 -s wlc"],
    ["lb_algo rr", "-A -u 192.0.2.1:80 -s rr"],
    ["lvs_sched twos", "-A -u 192.0.2.1:80 -s twos"],
    ["lb_algo sh\nsh-port\nsh-fallback", "-A -u 192.0.2.1:80 -s sh -b sh-fallback,sh-port"],
    ["lb_algo mh\nmh-port\nmh-fallback\nflag-3", "-A -u 192.0.2.1:80 -s mh -b mh-fallback,mh-port,flag-3"],
    ["flag-1\nflag-2\nlb_algo rr", "-A -u 192.0.2.1:80 -s rr -b flag-1,flag-2"],
    ["lb_algo sh\nsh-port\nlb_algo rr", "-A -u 192.0.2.1:80 -s rr -b flag-2"],
    ["ops", "-A -u 192.0.2.1:80 -s wlc -o"],
    ["ops\nprotocol TCP", "-A -t 192.0.2.1:80 -s wlc"],
    ["persistence_timeout", "-A -u 192.0.2.1:80 -s wlc -p 360"],
    ["persistence_timeout 50", "-A -u 192.0.2.1:80 -s wlc -p 50"],
    ["persistence_granularity 255.255.255.0", "-A -u 192.0.2.1:80 -s wlc -p 360 -M 255.255.255.0"],
    ["persistence_engine sip\npersistence_timeout 9", "-A -u 192.0.2.1:80 -s wlc -p 9 --pe sip"],
    ["persistence_engine sip", "-A -u 192.0.2.1:80 -s wlc"],
    [
      'alpha\nomega\nha_suspend\nquorum 3\nhysteresis 1\nquorum_up "/bin/x { # y" root\nquorum_down /bin/y\nsmtp_alert\nvirtualhost a\nsnmp_name b\nconnect_timeout 3\nretry 1\ndelay_before_retry 2\nwarmup 0\ndelay_loop 6\nnat_mask 255.255.255.0\nlvs_id x',
      "-A -u 192.0.2.1:80 -s wlc",
    ],
  ])("%j", (words, rule) => {
    const { rules, mistakes } = readWith(service(words));
    expect(mistakes).toEqual([]);
    expect(rules).toEqual([
      rule,
      `${rule.split(" ").slice(0, 3).join(" ").replace("-A", "-a")} -r 10.0.0.1:8080 -m -w 1`,
    ]);
  });

  it.each([
    ["lb_algo nosuch", /^line 2: lb_algo: must be one of rr, wrr, .*, not "nosuch"$/],
    ["lb_algo RR", /not "RR"/],
    ["lb_algo", /^line 2: lb_algo: needs 1 more on its line$/],
    ["lb_algo rr wlc", /^line 2: lb_algo: has too many words on its line: wlc$/],
    ["lb_algo rr {\n}", /^line 2: lb_algo: has no block$/],
    ["lb_kind nat", /^line 2: lb_kind: must be one of NAT, DR, TUN, not "nat"$/],
    ["lb_kind DR csum", /DR has no options/],
    ["lb_kind TUN type gue", /type gue needs a port/],
    ["lb_kind TUN type ipip csum", /type ipip has no checksum/],
    ["lb_kind TUN type gre remcsum", /type gre has no remcsum/],
    ["lb_kind TUN type gre port 5", /type gue needs a port, and the others have none/],
    ["lb_kind TUN type nosuch", /must be one of ipip, gue, gre, not "nosuch"/],
    ["lb_kind TUN type", /must be one of ipip, gue, gre, not nothing/],
    ["lb_kind TUN nosuch", /TUN has the options type, port, nocsum, csum and remcsum, not "nosuch"/],
    ["protocol ICMP", /must be one of TCP, UDP, SCTP, not "ICMP"/],
    ["persistence_timeout 0", /must be a whole number from 1 to 2678400, not "0"/],
    ["persistence_timeout 5.5", /not "5.5"/],
    ["persistence_granularity 24", /keepalived reads "24" as 0.0.0.24$/],
    ["persistence_granularity 255.0.0", /not "255.0.0"/],
    ["persistence_engine nosuch", /the kernel has one persistence engine, sip, not "nosuch"/],
    ["weight 0", /must be a whole number from 1 to 2147483647, not "0"/],
    ["ip_family inet6", /^line 1: ip_family is another one than that of the address$/],
    ["ip_family ipv6", /must be one of inet, inet6, not "ipv6"/],
    ["sorry_server", /^line 2: sorry_server: needs at least 1 more on its line$/],
    ["sorry_server 10.0.0.9\nsorry_server 10.0.0.8", /^line 3: sorry_server: there is one already$/],
    ["sorry_server localhost 80", /"localhost" is not an address/],
    ["real_server 10.0.0.2 80", /^line 2: real_server: needs a block: \{$/],
    ["nosuch 3", /^line 2: there is no word "nosuch" here$/],
    ["uthreshold 3", /^line 2: there is no word "uthreshold" here$/],
    ["TCP_CHECK {\n}", /^line 2: there is no word "TCP_CHECK" here$/],
    ["lb_algo $ALGO", /not "\$ALGO" \(the value of \$ALGO is not known\)$/],
  ])("%j is a mistake", (words, reason) => {
    const { wanted, mistakes } = readWith(service(words));
    expect(mistakes).toEqual([expect.stringMatching(reason)]);
    expect(wanted).toBeUndefined();
  });

  it.each([
    [
      "sh-port\nlb_algo sh",
      "line 2: sh-port counts only behind the line that says the scheduler is sh: keepalived ignores it",
    ],
    ["sorry_server_inhibit", "line 2: sorry_server_inhibit stands before sorry_server: keepalived ignores it"],
  ])("%j is a warning, since keepalived ignores it", (words, warning) => {
    const { mistakes, warnings } = readWith(service(words));
    expect([mistakes, warnings]).toEqual([[], [warning]]);
  });
});

describe("the words of a real_server", () => {
  it.each([
    ["", "-m -w 1"],
    ["weight 0", "-m -w 0"],
    ["weight 5\nweight 2147483647", "-m -w 2147483647"],
    ["uthreshold 4294967295\nlthreshold 3", "-m -w 1 -x 4294967295 -y 3"],
    ["inhibit_on_failure\ninhibit_on_failure yes", "-m -w 1"],
    ["lvs_method TUN type gue port 6080 csum", "-i -w 1 --tun-type gue --tun-port 6080 --tun-csum"],
    ["lvs_method TUN remcsum port 6080 type gue", "-i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum"],
    ["lvs_method TUN type gre csum", "-i -w 1 --tun-type gre --tun-csum"],
    ["lvs_method TUN nocsum", "-i -w 1 --tun-type ipip"],
    [
      'notify_up "/bin/x"\nnotify_down /bin/y root\nsmtp_alert yes\nvirtualhost a\nsnmp_name b\nalpha\nconnect_timeout 1\nretry 3\nnb_get_retry 3\ndelay_before_retry 3\nwarmup 1\ndelay_loop 2',
      "-m -w 1",
    ],
    [
      "HTTP_GET {\nurl {\npath /\ndigest x\n}\n}\nSSL_GET {\n}\nTCP_CHECK {\n}\nSMTP_CHECK {\n}\nDNS_CHECK {\n}\nMISC_CHECK {\n}\nBFD_CHECK {\n}\nUDP_CHECK {\n}\nPING_CHECK {\n}\nFILE_CHECK {\n}",
      "-m -w 1",
    ],
  ])("%j", (words, rest) => {
    const { rules, mistakes } = readWith(service("", words));
    expect(mistakes).toEqual([]);
    const port = rest.startsWith("-i") ? 80 : 8080;
    // What 1.31 cannot read is written with --raw; the beginning says what is meant.
    expect(rules[1]).toContain(`-r 10.0.0.1:${port} ${rest.split(" -x")[0]}`);
  });

  it.each([
    ["weight -1", /^line 4: weight: must be a whole number from 0 to 2147483647, not "-1"$/],
    ["weight", /^line 4: weight: needs 1 more on its line$/],
    ["weight 3 uthreshold 9", /^line 4: weight: has too many words on its line: uthreshold 9$/],
    ["uthreshold x", /not "x"/],
    ["lthreshold 5", /^line 3: lthreshold must not be above uthreshold$/],
    ["inhibit_on_failure maybe", /must be one of on, true, yes, off, false, no, not "maybe"/],
    ["TCP_CHECK", /^line 4: TCP_CHECK: needs a block: \{$/],
    ["lb_kind DR", /^line 4: there is no word "lb_kind" here$/],
    ["quorum 3", /there is no word "quorum" here/],
  ])("%j is a mistake", (words, reason) => {
    expect(readWith(service("", words)).mistakes).toEqual([expect.stringMatching(reason)]);
  });
});

describe("addresses, ports and families", () => {
  const server = (text: string) => readWith(text).rules.at(-1);

  it.each([
    [
      "the port of the service with NAT",
      service("", "", "192.0.2.1 80", "10.0.0.1"),
      "-a -u 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1",
    ],
    [
      "the port of the service for port 0",
      service("", "", "192.0.2.1 80", "10.0.0.1 0"),
      "-a -u 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1",
    ],
    ["the port of the service without NAT", service("lb_kind DR"), "-a -u 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1"],
    ["none with a mark", service("lb_kind DR", "", "fwmark 7"), "-a -f 7 -r 10.0.0.1:0 -g -w 1"],
    ["its own with a mark and NAT", service("", "", "fwmark 7"), "-a -f 7 -r 10.0.0.1:8080 -m -w 1"],
    ["none with all ports", service("", "", "192.0.2.1", "10.0.0.1"), "-a -u 192.0.2.1:0 -r 10.0.0.1:0 -m -w 1"],
    ["the weight of the service", service("weight 7"), "-a -u 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 7"],
    ["IPv6", service("", "", "fd00::1 80", "FD00:0::2 80"), "-a -u [fd00::1]:80 -r [fd00::2]:80 -m -w 1"],
  ])("a server has %s", (_what, text, rule) => expect(server(text)).toBe(rule));

  it.each([
    ["fwmark 7", "10.0.0.1", "lb_kind DR", "-f 7 -s wlc"],
    ["fwmark 7", "fd00::1", "lb_kind DR", "-f 7 -6 -s wlc"],
    ["fwmark 7", "fd00::1", "lb_kind TUN", "-f 7 -6 -s wlc"],
    ["fwmark 7", "fd00::1 {\n}\nreal_server 10.0.0.1", "lb_kind TUN", "-f 7 -s wlc"],
    ["fwmark 7", "10.0.0.1", "lb_kind TUN\nip_family inet6", "-f 7 -6 -s wlc"],
    ["fwmark 7", "10.0.0.1", "lb_kind TUN\npersistence_granularity 64", "-f 7 -6 -s wlc -p 360 -M 64"],
    ["fwmark 7", "fd00::1", "lb_kind TUN\npersistence_granularity 255.255.0.0", "-f 7 -s wlc -p 360 -M 255.255.0.0"],
    ["192.0.2.1", "10.0.0.1", "", "-u 192.0.2.1:0 -s wlc -p 360"],
  ])("%s with %j and %j", (target, real, words, rule) => {
    expect(readWith(service(words, "", target, real)).rules[0]).toBe(`-A ${rule}`);
  });

  it.each([
    ["192.0.2.1 99999", "10.0.0.1 80", /^line 1: virtual_server: must be a whole number from 0 to 65535, not "99999"$/],
    ["192.0.2.1 http", "10.0.0.1 80", /not "http"/],
    ["192.0.2.1:80", "10.0.0.1 80", /"192.0.2.1:80" is not an address/],
    ["", "10.0.0.1 80", /needs an address and a port, fwmark and a number, or group and a name/],
    ["192.0.2.1 80 tcp", "10.0.0.1 80", /has too many words on its line: tcp/],
    ["fwmark", "10.0.0.1", /from 1 to 4294967295, not nothing/],
    ["fwmark 0x10", "10.0.0.1", /not "0x10"/],
    ["fwmark 0", "10.0.0.1", /not "0"/],
    ["group", "10.0.0.1", /group needs a name/],
    ["group NONE", "10.0.0.1", /there is no virtual_server_group NONE/],
    ["192.0.2.1 80", "10.0.0.1/32 80", /"10.0.0.1\/32" is not an address/],
    ["192.0.2.1 80", "10.0.0.1-5 80", /"10.0.0.1-5" is not an address/],
    [
      "192.0.2.1 80",
      "fd00::1 80",
      /^line 3: fd00::1 is of another family than its virtual server, which only TUN allows$/,
    ],
    ["192.0.2.1 80", "10.0.0.1 80 {\n}\nreal_server 10.0.0.1 80", /^line 5: server 10.0.0.1:80 is there already$/],
  ])("%j with %j is a mistake", (target, real, reason) => {
    expect(readWith(service("", "", target, real)).mistakes).toEqual([expect.stringMatching(reason)]);
  });

  it("takes no service twice, and says that one without servers is ignored", () => {
    expect(readWith(service() + service()).mistakes).toEqual([
      "line 7: service udp 192.0.2.1:80 is there since line 1",
    ]);
    const alone = readWith("virtual_server 192.0.2.1 80 {\nsorry_server 10.0.0.1 80\n}\n");
    expect([alone.rules, alone.mistakes]).toEqual([[], []]);
    expect(alone.warnings).toEqual(["line 1: virtual_server without a real_server: keepalived ignores it"]);
  });

  it("puts an inhibited sorry server last, with weight 0", () => {
    const { rules } = readWith(service("sorry_server 10.0.0.9 81\nsorry_server_inhibit\nsorry_server_lvs_method DR"));
    expect(rules.slice(1)).toEqual([
      "-a -u 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 1",
      "-a -u 192.0.2.1:80 -r 10.0.0.9:80 -g -w 0",
    ]);
  });
});

describe("groups", () => {
  const group = (members: string, words = "", real = "10.0.0.1") =>
    `virtual_server_group G {\n${members}\n}\n${service(words, "", "group G", real)}`;
  const services = (text: string) =>
    readWith(text)
      .rules.filter((rule) => rule.startsWith("-A"))
      .map((rule) => rule.slice(3));

  it.each([
    ["192.0.2.1 80\n192.0.2.9-11 81", ["1:80", "9:81", "10:81", "11:81"].map((end) => `-u 192.0.2.${end} -s wlc`)],
    ["192.0.2.254-192.0.2.255 80", ["254", "255"].map((end) => `-u 192.0.2.${end}:80 -s wlc`)],
    ["192.0.2.8/30 80", ["8", "9", "10", "11"].map((end) => `-u 192.0.2.${end}:80 -s wlc`)],
    ["192.0.2.8/32 80\nfwmark 9", ["-u 192.0.2.8:80 -s wlc", "-f 9 -s wlc"]],
    [
      "192.0.2.1 80\n192.0.2.2\nfwmark 5",
      ["-u 192.0.2.1:80", "-u 192.0.2.2:0", "-f 5"].map((key) => `${key} -s wlc -p 360`),
    ],
  ])("%j", (members, rules) => expect(services(group(members))).toEqual(rules));

  it("hold IPv6, and marks of the families that are said", () => {
    expect(services(group("fd00::a-c 80\nfd00:1::4/127 81", "", "fd00::1"))).toEqual(
      ["[fd00::a]:80", "[fd00::b]:80", "[fd00::c]:80", "[fd00:1::4]:81", "[fd00:1::5]:81"].map(
        (key) => `-u ${key} -s wlc`,
      ),
    );
    expect(services(group("fwmark 1\nfwmark 2 inet6", "lb_kind TUN", "fd00::1"))).toEqual([
      "-f 1 -6 -s wlc",
      "-f 2 -6 -s wlc",
    ]);
    expect(services(group("fwmark 1", "lb_kind TUN", "fd00::1"))).toEqual(["-f 1 -s wlc"]);
    expect(services(group("fwmark 1", "", "fd00::1"))).toEqual(["-f 1 -6 -s wlc"]);
    expect(services(group("fd00::9 80\nfwmark 1", "lb_kind TUN"))).toEqual([
      "-u [fd00::9]:80 -s wlc",
      "-f 1 -6 -s wlc",
    ]);
  });

  it("give servers the ports of their members, but not with NAT", () => {
    const servers = (words: string, real: string) => readWith(group("192.0.2.1 80\n192.0.2.2 81", words, real)).rules;
    expect(servers("lb_kind DR", "10.0.0.1 8080").filter((rule) => rule.startsWith("-a"))).toEqual([
      "-a -u 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1",
      "-a -u 192.0.2.2:81 -r 10.0.0.1:81 -g -w 1",
    ]);
    expect(servers("", "10.0.0.1")[1]).toBe("-a -u 192.0.2.1:80 -r 10.0.0.1:0 -m -w 1");
    expect(servers("", "10.0.0.1 8080")[1]).toBe("-a -u 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 1");
  });

  it.each([
    ["192.0.2.9-8 80", /^line 2: 192.0.2.9-8: the range 192.0.2.9-8 ends before it begins$/],
    ["192.0.2.9-300 80", /"192.0.2.300" is not an address/],
    ["192.0.2.254-192.0.3.1 80", /leaves the last part of its address, where keepalived begins again at 0/],
    ["fd00::fffe-fd00::1:1 80", /leaves the last part of its address/],
    ["192.0.0.0/16 80", /leaves the last part of its address/],
    ["192.0.2.9/30 80", /192.0.2.9\/30 has bits behind its prefix, and keepalived ignores it/],
    ["192.0.2.8/33 80", /from 1 to 32, not "33"/],
    ["192.0.2.8-fd00::1 80", /a range cannot lead from one family to the other/],
    ["192.0.2.8 80-82", /from 0 to 65535, not "80-82"/],
    ["192.0.2.8 80 81", /has too many words on its line: 81/],
    ["nosuch", /^line 2: nosuch: "nosuch" is not an address$/],
    ["-3", /"-3" is not an address or a range/],
    ["192.0.2.8 80 {\n}", /has no block/],
    ["fwmark", /not nothing/],
    ["fwmark 5 ipv4", /must be one of inet, inet6/],
    ["fwmark 5 inet 6", /too many words on its line: 6/],
    ["fwmark 5\nfwmark 5", /service fwmark 5 ipv4 is there since line 2/],
  ])("%j is a mistake", (members, reason) => {
    expect(readWith(group(members)).mistakes[0]).toMatch(reason);
  });

  it("are refused where keepalived does not do what is written", () => {
    const tunnelled = group("192.0.2.1 80\nfd00::1 80\nfwmark 5", "lb_kind TUN");
    expect(readWith(tunnelled).mistakes).toEqual(["line 4: a mark among both families needs inet or inet6"]);
    expect(readWith(group("192.0.2.1 80", "persistence_granularity 255.255.0.0")).mistakes).toEqual([
      "line 4: keepalived ignores the persistence_granularity of a group (2.2.7), but not the persistence",
    ]);
    expect(readWith(`global_defs {\nnftables_ipvs\n}\n${group("192.0.2.1 80")}`).mistakes).toEqual([
      "line 7: nftables_ipvs (line 2) makes a mark of the group, which is not known here",
    ]);
    expect(readWith("virtual_server_group A B {\n}\nvirtual_server_group {\n}\n").mistakes).toEqual([
      "line 1: virtual_server_group: needs one name",
      "line 3: virtual_server_group: needs one name",
    ]);
    expect(readWith("virtual_server_group A {\n}\nvirtual_server_group A {\n}\n").mistakes).toEqual([
      "line 3: virtual_server_group: there is a group A already",
    ]);
  });
});

describe("global_defs", () => {
  const globals = (words: string) => readWith(`global_defs {\nrouter_id x\n${words}\n}\n`);

  it("sets timeouts, and starts the sync daemons that do not depend on VRRP", () => {
    expect(globals("lvs_timeouts tcp 100 udp 50").settings).toEqual(["--set 100 0 50"]);
    expect(globals("lvs_sync_daemon eth0").settings).toEqual([
      "--start-daemon master --mcast-interface eth0 --syncid 0",
      "--start-daemon backup --mcast-interface eth0 --syncid 0",
    ]);
    expect(globals("lvs_sync_daemon eth0 id 5 maxlen 1400 port 9000 ttl 3 group 224.0.0.99").settings[0]).toBe(
      "--start-daemon master --mcast-interface eth0 --syncid 5 --sync-maxlen 1400 --mcast-group 224.0.0.99 --mcast-port 9000 --mcast-ttl 3",
    );
    expect(globals("lvs_sync_daemon eth0 VI_1 id 5").settings).toEqual([]);
    expect(globals("lvs_sync_daemon eth0 inst VI_1").settings).toEqual([]);
  });

  it.each([
    ["lvs_timeouts", /needs tcp, tcpfin or udp and seconds/],
    ["lvs_timeouts tcp", /tcp needs a value/],
    ["lvs_timeouts tcp 0", /from 1 to 2678400/],
    ["lvs_timeouts nosuch 5", /has tcp, tcpfin, udp, not "nosuch"/],
    ["lvs_sync_daemon", /needs an interface/],
    ["lvs_sync_daemon eth0 id 256", /from 0 to 255/],
    ["lvs_sync_daemon eth0 VI_1 nosuch 5", /not "nosuch"/],
  ])("%j is a mistake", (words, reason) => {
    expect(globals(words).mistakes).toEqual([expect.stringMatching(reason)]);
  });
});

describe("sections", () => {
  it("that say nothing of the table are skipped, whatever is in them", () => {
    const text =
      'vrrp_instance VI_1 {\nvirtual_ipaddress {\n192.0.2.1 dev eth0\n}\n@main priority 5\n$X=3\npriority $X\n}\nvrrp_script x {\nscript "kill -0 }"\n}\nstatic_routes {\n}\nbfd_instance x {\n}\nSSL {\n}\nuse_pid_dir\n';
    expect(readWith(text + service())).toMatchObject({ mistakes: [], warnings: [], rules: { length: 2 } });
  });

  it("that do not exist are mistakes; another network namespace is a warning", () => {
    expect(readWith("virtual_serve 192.0.2.1 80 {\n}\nweight 3\n").mistakes).toEqual([
      'line 1: there is no section "virtual_serve"',
      'line 3: there is no section "weight"',
    ]);
    expect(readWith("global_defs\n").mistakes).toEqual(["line 1: global_defs: needs a block: {"]);
    expect(readWith("net_namespace_ipvs web\n").warnings).toEqual([
      "line 1: net_namespace_ipvs: keepalived keeps its table in another network namespace than its own",
    ]);
  });
});

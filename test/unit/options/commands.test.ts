import { describe, expect, it } from "vitest";
import { parse } from "./parsing.js";

describe("services", () => {
  it("have defaults", () => {
    expect(parse("-A -t 10.0.0.1:80")).toEqual({
      kind: "add-service",
      service: {
        protocol: "tcp",
        address: "10.0.0.1",
        port: 80,
        scheduler: "wlc",
        flags: 0,
        timeout: 0,
        netmask: "255.255.255.255",
      },
    });
    expect(parse("-E -f 5 -6")).toEqual({
      kind: "edit-service",
      service: { fwmark: 5, family: "ipv6", scheduler: "wlc", flags: 0, timeout: 0, netmask: 128 },
    });
  });

  it("take every option", () => {
    expect(parse("-A -u [2001:DB8::1]:5060 -s sh -p 50 -M 64 -o --pe sip -b sh-port,sh-fallback,flag-3")).toEqual({
      kind: "add-service",
      service: {
        protocol: "udp",
        address: "2001:db8::1",
        port: 5060,
        scheduler: "sh",
        flags: 0x01 | 0x04 | 0x38,
        timeout: 50,
        netmask: 64,
        persistenceEngine: "sip",
      },
    });
  });

  it("are named by their key alone elsewhere", () => {
    const key = { protocol: "sctp", address: "10.0.0.1", port: 0 };
    expect(parse("-D --sctp-service 10.0.0.1")).toEqual({ kind: "delete-service", service: key });
    expect(parse("-Z --sctp-service 10.0.0.1")).toEqual({ kind: "zero", service: key });
    expect(parse("-Z")).toEqual({ kind: "zero" });
    expect(parse("-Z -f 9")).toEqual({ kind: "zero", service: { fwmark: 9, family: "ipv4" } });
  });

  it("may be 0.0.0.0:0 when counters are zeroed: that service, not all", () => {
    const service = { protocol: "tcp", address: "0.0.0.0", port: 0 };
    expect(parse("-Z -t 0.0.0.0:0")).toEqual({ kind: "zero", service });
    expect(parse("-Z -t 0.0.0.0")).toEqual({ kind: "zero", service });
  });

  it.each([
    ["-s averyveryverylongname", { scheduler: "averyveryverylo" }],
    ["-s ääääääää", { scheduler: "äääääää" }],
    ['-s ""', { scheduler: "wlc" }],
    ["-b flag-1,flag-1", { flags: 0x08 }],
    ["-b ,flag-2,,flag-3,", { flags: 0x30 }],
    ["-s mh -b mh-fallback", { flags: 0x08 }],
    ["-b mh-port -s mh", { flags: 0x10 }],
    ["-b ,", { flags: 0 }],
    ['-b ""', { flags: 0 }],
    [`-b ${"flag-1,".repeat(30)}flag-3`, { flags: 0x28 }],
    ["--pe averyveryverylongname", { persistenceEngine: "averyveryverylon" }],
  ])("%s", (option, service) => expect(parse(`-A -t 10.0.0.1:80 ${option}`)).toMatchObject({ service }));

  it("have no persistence engine when it is empty", () =>
    expect(parse('-A -t 10.0.0.1:80 --pe ""')).toEqual(parse("-A -t 10.0.0.1:80")));

  it.each([
    [" 5", 5],
    ["+6", 6],
    ["007", 7],
    ["2147483648", 2147483648],
    ["4294967295", 4294967295],
  ])("with the mark %j", (text, fwmark) =>
    expect(parse(`-A -f "${text}"`)).toMatchObject({ service: { fwmark, family: "ipv4" } }),
  );
});

describe("addresses and ports of services", () => {
  it.each([
    ["1.2:80", "1.0.0.2", 80],
    ["1.2.3:80", "1.2.0.3", 80],
    ["16909060:80", "1.2.3.4", 80],
    ["0x7f000002:80", "127.0.0.2", 80],
    ["0x7f000002", "127.0.0.2", 0],
    ["0x0a.1:80", "10.0.0.1", 80],
    ["010.010.010.010:80", "8.8.8.8", 80],
    ['"1.2.3.5 junk:80"', "1.2.3.5", 80],
    ['"1.2.3.6 :80"', "1.2.3.6", 80],
    ["1.2.3.7:080", "1.2.3.7", 80],
    ['"1.2.3.8: 80"', "1.2.3.8", 80],
    ["1.2.3.9:+80", "1.2.3.9", 80],
    ["255.255.255.255:65535", "255.255.255.255", 65535],
    ["2001:db8::2", "2001:db8::2", 0],
    ["2001:db8::2:80", "2001:db8::2:80", 0],
    ["[::ffff:1.2.3.4]:80", "::ffff:1.2.3.4", 80],
    ["[2001:db8::1.2.3.4]:80", "2001:db8::102:304", 80],
    ["[2001:db8::5]:http", "2001:db8::5", 80],
    ["vip:http", "10.0.0.1", 80],
    ["vip:www", "10.0.0.1", 80],
    ["vip", "10.0.0.1", 0],
    // 1.31 loses these ports.
    ["[1.2.3.11]:80", "1.2.3.11", 80],
    ["[vip]:81", "10.0.0.1", 81],
  ])("%s", (text, address, port) =>
    expect(parse(`-D -t ${text}`)).toEqual({ kind: "delete-service", service: { protocol: "tcp", address, port } }),
  );

  it("are looked up in the protocol of the service", () => {
    expect(parse("-A -u vip:ntp")).toMatchObject({ service: { port: 123 } });
    expect(parse("-a -f 9 -r rs1:http -i")).toMatchObject({ server: { address: "10.0.1.1", port: 80 } });
  });
});

describe("netmasks", () => {
  it.each([
    ["-t 10.0.0.1:1 -M 255.255.255.0", "255.255.255.0"],
    ["-t 10.0.0.1:1 -M 255.255", "255.0.0.255"],
    ["-t 10.0.0.1:1 -M 255.0.255.0", "255.0.255.0"],
    ["-t 10.0.0.1:1 -M 0xffffff00", "255.255.255.0"],
    ["-t 10.0.0.1:1 -M classc", "255.255.255.0"],
    ["-t 10.0.0.1:1 -M 0.0.0.0", "0.0.0.0"],
    ["-t 10.0.0.1:1 -M 0", "0.0.0.0"],
    ["-M 255.255.0.0 -t 10.0.0.1:1", "255.255.0.0"],
    ["-f 1 -M 255.255.255.0", "255.255.255.0"],
    // Lengths are ours: 1.31 takes 24 for 0.0.0.24.
    ["-t 10.0.0.1:1 -M 1", "128.0.0.0"],
    ["-t 10.0.0.1:1 -M 24", "255.255.255.0"],
    ["-t 10.0.0.1:1 -M 32", "255.255.255.255"],
    ["-t 10.0.0.1:1 -M 0.0.0.24", "0.0.0.24"],
    ["-t [2001:db8::1]:1 -M 64", 64],
    ["-t [2001:db8::1]:1 -M 64abc", 64],
    ["-t [2001:db8::1]:1 -M 128", 128],
    ["-f 1 -6 -M 64", 64],
    // The family has to be known.
    ["-M 255.255.0.0 -t [2001:db8::1]:1", 128],
    ["-M 64 -t [2001:db8::1]:1", 128],
    ["-f 1 -M 64 -6", 128],
    ["-f 1 -6 -M 64 -6", 128],
  ])("%s", (options, netmask) => expect(parse(`-A ${options} -p`)).toMatchObject({ service: { netmask } }));
});

describe("servers", () => {
  const service = { protocol: "tcp", address: "10.0.0.1", port: 80 };

  it("have defaults", () => {
    expect(parse("-a -t 10.0.0.1:80 -r 10.0.1.1")).toEqual({
      kind: "add-server",
      service,
      server: {
        address: "10.0.1.1",
        port: 80,
        forwarding: "route",
        weight: 1,
        upperThreshold: 0,
        lowerThreshold: 0,
      },
    });
  });

  it("take every option", () => {
    expect(
      parse(
        "-e -t 10.0.0.1:80 -r [2001:db8::5]:81 -i -w 2147483647 -x 2147483647 -y 65536 --tun-type gue --tun-port 6080 --tun-remcsum",
      ),
    ).toEqual({
      kind: "edit-server",
      service,
      server: {
        address: "2001:db8::5",
        port: 80,
        forwarding: "tunnel",
        weight: 2147483647,
        upperThreshold: 2147483647,
        lowerThreshold: 65536,
        tunnel: { type: "gue", port: 6080, flags: 2 },
      },
    });
  });

  it("are named by address and port to be deleted", () => {
    const server = { address: "10.0.1.1", port: 8080 };
    expect(parse("-d -t 10.0.0.1:80 -r 10.0.1.1:8080")).toEqual({ kind: "delete-server", service, server });
  });

  it.each([
    ["-i", undefined],
    ["-i --tun-type ipip", undefined],
    ["-i --tun-type gue --tun-port 6080", { type: "gue", port: 6080, flags: 0 }],
    ["--tun-type gue --tun-port 65535 --tun-nocsum -i", { type: "gue", port: 65535, flags: 0 }],
    ["-i --tun-type gue --tun-port 6080 --tun-csum", { type: "gue", port: 6080, flags: 1 }],
    ["-i --tun-type gre", { type: "gre", port: 0, flags: 0 }],
    ["-i --tun-type gre --tun-csum", { type: "gre", port: 0, flags: 1 }],
  ])("%s", (options, tunnel) => {
    const command = parse(`-a -t 10.0.0.1:80 -r 10.0.1.1 ${options}`);
    if (command.kind !== "add-server") throw new Error(command.kind);
    expect(command.server.tunnel).toEqual(tunnel);
    expect("tunnel" in command.server).toBe(tunnel !== undefined);
  });

  it.each([
    ["-a -t 10.0.0.1:80 -r 10.0.1.1 -m", 80],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -m", 8080],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1:0 -m", 0],
    ["-a -t 10.0.0.1:80 -r [10.0.1.1]:8080 -m", 8080],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -g", 80],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -i", 80],
    ["-e -t 10.0.0.1:80 -r 10.0.1.1:8080", 80],
    ["-a -r 10.0.1.1 -t 10.0.0.1:80 -m", 0],
    ["-a -r 10.0.1.1 -t 10.0.0.1:80 -g", 80],
    ["-a -r 10.0.1.1:8080 -t 10.0.0.1:80 -m", 8080],
    ["-a -f 9 -r 10.0.1.1 -m", 0],
    ["-a -f 9 -r 10.0.1.1:8080 -g", 8080],
    ["-a -f 9 -r 10.0.1.1:8080 -i", 8080],
    ["-a -t 10.0.0.2 -r 10.0.1.1:8080 -g", 0],
    ["-d -t 10.0.0.1:80 -r 10.0.1.1", 80],
    ["-d -t 10.0.0.1:80 -r 10.0.1.1:8080", 8080],
    ["-d -r 10.0.1.1 -t 10.0.0.1:80", 0],
  ])("%s", (line, port) => expect(parse(line)).toMatchObject({ server: { address: "10.0.1.1", port } }));

  it.each(["-a -f 1 -r [2001:db8::2]:80 -6", "-a -r [2001:db8::3]:80 -f 1 -6", "-a -f 1 -6 -r [2001:db8::1]:80"])(
    "of IPv6 marks: %s",
    (line) => expect(parse(line)).toMatchObject({ service: { fwmark: 1, family: "ipv6" } }),
  );
  it("of the other family, in a tunnel", () =>
    expect(parse("-a -f 1 -6 -r 10.0.0.1:80 -i")).toMatchObject({ server: { address: "10.0.0.1" } }));
});

describe("settings", () => {
  it.each(["--set 10 20 30", "10 --set 20 30", "10 20 30 --set", "--set -- 10 20 30", "--set 10 --sort 20 30"])(
    "%s",
    (line) => expect(parse(line)).toEqual({ kind: "set", timeouts: { tcp: 10, tcpFin: 20, udp: 30 } }),
  );
  it("keep a timeout with 0", () =>
    expect(parse("--set 0 0 2678400")).toEqual({ kind: "set", timeouts: { tcp: 0, tcpFin: 0, udp: 2678400 } }));

  it("start a daemon with what is given", () => {
    expect(parse("--start-daemon master")).toEqual({
      kind: "start-daemon",
      daemon: { state: "master", interface: "eth0", syncId: 0 },
    });
    expect(
      parse(
        "--start-daemon=backup --mcast-interface nodevicewithaverylongname --syncid 8 --sync-maxlen 1400 --mcast-group FF02::99 --mcast-port 9000 --mcast-ttl 5",
      ),
    ).toEqual({
      kind: "start-daemon",
      daemon: {
        state: "backup",
        interface: "nodevicewithave",
        syncId: 8,
        syncMaxLength: 1400,
        multicastGroup: "ff02::99",
        multicastPort: 9000,
        multicastTtl: 5,
      },
    });
    expect(parse('--start-daemon master --mcast-interface ""')).toEqual(parse("--start-daemon master"));
  });

  it("stop a daemon", () => {
    expect(parse("--stop-daemon master")).toEqual({ kind: "stop-daemon", state: "master", syncId: 0 });
    expect(parse("--stop-daemon backup --syncid 7")).toEqual({ kind: "stop-daemon", state: "backup", syncId: 7 });
  });
});

describe("listings", () => {
  const services = {
    kind: "list",
    show: "services",
    layout: "normal",
    numeric: false,
    exact: false,
    sort: true,
    wide: false,
    json: false,
  };
  it.each([
    ["-L", {}],
    ["-Ln", { numeric: true }],
    ["-L --nosort -X -j", { exact: true, sort: false, json: true }],
    ["-L -t 10.0.0.1:80", { service: { protocol: "tcp", address: "10.0.0.1", port: 80 } }],
    ["-L -f 2 -6 --syncid 5", { service: { fwmark: 2, family: "ipv6" } }],
    ["-L --stats --rate --thresholds --persistent-conn --tun-info", { layout: "stats" }],
    ["-L --tun-info --persistent-conn --thresholds --rate", { layout: "rate" }],
    ["-L --tun-info --persistent-conn --thresholds", { layout: "thresholds" }],
    ["-L --tun-info --persistent-conn", { layout: "persistent-conn" }],
    ["-L --tun-info", { layout: "tun-info" }],
  ])("%s", (line, rest) => expect(parse(line)).toEqual({ ...services, ...rest }));

  it.each([
    ["-Lc", { numeric: false, persistenceEngine: false, wide: false, json: false }],
    ["-Lnc --persistent-conn -j", { numeric: true, persistenceEngine: true, wide: false, json: true }],
    ["-L -c --exact --nosort --tun-info", { numeric: false, persistenceEngine: false, wide: false, json: false }],
  ])("%s", (line, rest) => expect(parse(line)).toEqual({ kind: "list", show: "connections", ...rest }));

  it.each([
    ["-L -r 10.0.1.1", { filter: { server: { address: "10.0.1.1" } } }],
    ["-Lr rs1:80", { filter: { server: { address: "10.0.1.1", port: 80 } } }],
    ["-L -r 10.0.1.0/24 -t vip:http", { service: { protocol: "tcp", address: "10.0.0.1", port: 80 } }],
    ["-Ln -r [2001:db8::1]:80", { numeric: true, filter: { server: { address: "2001:db8::1", port: 80 } } }],
    ["-L --only tcp,ipv6", { filter: { only: ["tcp", "ipv6"] } }],
    ["-L --weight-zero --only=fwmark", { filter: { weightZero: true, only: ["fwmark"] } }],
    ["-L --empty --wide", { wide: true, filter: { empty: true } }],
  ])("with filters: %s", (line, rest) => expect(parse(line)).toMatchObject({ ...services, ...rest }));

  it.each([
    ["-Lc --client 10.0.0.0/8", { client: { address: "10.0.0.0", prefixLength: 8 } }],
    ["-Lc --vip vip:80 --state established", { virtual: { address: "10.0.0.1", port: 80 }, state: "ESTABLISHED" }],
    ["-Lc -r rs1 --wide", { server: { address: "10.0.1.1" } }],
  ])("of connections with filters: %s", (line, filter) =>
    expect(parse(line)).toMatchObject({ kind: "list", show: "connections", filter }),
  );

  it.each([
    ["-L --timeout", { show: "timeouts", json: false }],
    ["-L --timeout --tun-info --exact --nosort -n -j", { show: "timeouts", json: true }],
    ["-L --daemon --tun-info", { show: "daemons", json: false }],
  ])("%s", (line, rest) => expect(parse(line)).toEqual({ kind: "list", ...rest }));

  it.each([
    ["-C --sort", { kind: "flush" }],
    ["-R", { kind: "restore" }],
    ["-S", { kind: "save", all: false, sort: true, json: false }],
    ["-S --nosort", { kind: "save", all: false, sort: false, json: false }],
    ["-Sn --all --json", { kind: "save", all: true, sort: true, json: true }],
  ])("%s", (line, command) => expect(parse(line)).toEqual(command));
});

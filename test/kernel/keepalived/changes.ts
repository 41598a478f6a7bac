/** Where the test answers for the server that has a check. */
export const ANSWERING_PORT = 7071;

/** A table of keepalived's that the changes below are about. None of its servers fails, as the one with a check answers there. */
export const CHANGED = `
virtual_server 192.0.2.1 80 {
    protocol TCP
    lb_algo mh
    mh-port
    lb_kind DR
    persistence_timeout 300
    persistence_granularity 255.255.255.0
    inhibit_on_failure
    sorry_server 10.0.0.99
    real_server 10.0.0.1 80 {
        weight 2
        uthreshold 10
        lthreshold 5
    }
    real_server 10.0.0.2 80 {
    }
    real_server 10.0.0.3 80 {
        TCP_CHECK {
            connect_ip 127.0.0.1
            connect_port ${ANSWERING_PORT}
        }
    }
}
virtual_server 192.0.2.1 53 {
    ops
    real_server 10.0.0.1 53 {
    }
}
virtual_server fwmark 7 {
    lb_kind TUN
    real_server 10.0.0.1 {
    }
}
`;

const WEB = "-t 192.0.2.1:80";
const SERVICE = `-E ${WEB} -s mh -b mh-port -p 300 -M 255.255.255.0`;
const FIRST = `-e ${WEB} -r 10.0.0.1:80 -g -w 2 -x 10 -y 5`;
const NAMES = "-E -u 192.0.2.1:53 -s wlc -o";
const MARK = "-e -f 7 -r 10.0.0.1:0 -i";

/** Single changes by the original, and how each goes back. */
export const CHANGES: readonly (readonly [change: string, back: readonly string[]])[] = [
  [`-E ${WEB} -s wlc -p 300 -M 255.255.255.0`, [SERVICE]],
  [`-E ${WEB} -s mh -p 300 -M 255.255.255.0`, [SERVICE]],
  [`-E ${WEB} -s mh -b mh-port,mh-fallback -p 300 -M 255.255.255.0`, [SERVICE]],
  [`-E ${WEB} -s mh -b mh-port`, [SERVICE]],
  [`-E ${WEB} -s mh -b mh-port -p 301 -M 255.255.255.0`, [SERVICE]],
  [`-E ${WEB} -s mh -b mh-port -p 300`, [SERVICE]],
  [`-E ${WEB} -s mh -b mh-port -p 300 -M 255.255.255.0 --pe sip`, [`-D ${WEB}`, ...web()]],
  [`-e ${WEB} -r 10.0.0.1:80 -g -w 3 -x 10 -y 5`, [FIRST]],
  [`-e ${WEB} -r 10.0.0.1:80 -g -w 0 -x 10 -y 5`, [FIRST]],
  [`-e ${WEB} -r 10.0.0.1:80 -m -w 2 -x 10 -y 5`, [FIRST]],
  [`-e ${WEB} -r 10.0.0.1:80 -i -w 2 -x 10 -y 5`, [FIRST]],
  [`-e ${WEB} -r 10.0.0.1:80 -g -w 2 -x 11 -y 5`, [FIRST]],
  [`-e ${WEB} -r 10.0.0.1:80 -g -w 2 -x 10 -y 4`, [FIRST]],
  [`-e ${WEB} -r 10.0.0.1:80 -g -w 2`, [FIRST]],
  [`-e ${WEB} -r 10.0.0.3:80 -g -w 7`, [`-e ${WEB} -r 10.0.0.3:80 -g -w 1`]],
  [`-a ${WEB} -r 10.0.0.4:80 -g`, [`-d ${WEB} -r 10.0.0.4:80`]],
  [`-d ${WEB} -r 10.0.0.3:80`, [`-a ${WEB} -r 10.0.0.3:80 -g`]],
  [`-d ${WEB} -r 10.0.0.2:80`, [`-D ${WEB}`, ...web()]],
  [NAMES.replace(" -o", ""), [NAMES]],
  [NAMES.replace("wlc", "rr"), [NAMES]],
  ["-A -t 192.0.2.1:443 -s rr", ["-D -t 192.0.2.1:443"]],
  ["-A -t 192.0.2.1:53", ["-D -t 192.0.2.1:53"]],
  ["-D -u 192.0.2.1:53", [NAMES.replace("-E", "-A"), "-a -u 192.0.2.1:53 -r 10.0.0.1:53 -m"]],
  ["-a -f 7 -r 10.0.0.2:0 -i", ["-d -f 7 -r 10.0.0.2:0"]],
  [`${MARK} --tun-type gue --tun-port 6080`, [MARK]],
  ["-D -f 7", ["-A -f 7 -s wlc", MARK.replace("-e", "-a")]],
];

function web(): string[] {
  return [
    SERVICE.replace("-E", "-A"),
    FIRST.replace("-e", "-a"),
    `-a ${WEB} -r 10.0.0.2:80 -g`,
    `-a ${WEB} -r 10.0.0.3:80 -g`,
  ];
}

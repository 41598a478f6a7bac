// Tables of any size, as lines of `ipvsadm -S`: schedulers, forwarding, weights, persistence, IPv6 and firewall marks mixed.

const SCHEDULERS = ["rr", "wrr", "lc", "wlc", "sh"];

/** Kinds of services in turn: how one is named, and how its servers are. */
const KINDS = [
  { service: (n) => `-t 192.168.${n >> 8}.${n & 255}:80`, server: (n) => `${ipv4(n)}:8080 -m` },
  { service: (n) => `-t 192.168.${n >> 8}.${n & 255}:443`, server: (n) => `${ipv4(n)}:443 -g` },
  { service: (n) => `-u 192.168.${n >> 8}.${n & 255}:53`, server: (n) => `${ipv4(n)}:53 -i` },
  { service: (n) => `-t [2001:db8::${n.toString(16)}]:80`, server: (n) => `[2001:db8:1::${hex(n)}]:8080 -m` },
  { service: (n) => `-f ${n + 1}`, server: (n) => `${ipv4(n)}:0 -g` },
];

/**
 * @param {number} services
 * @param {number} servers of each service
 * @returns {string[]} services and servers, every service before its servers
 */
export function rules(services, servers) {
  return Array.from({ length: services }, (_, index) => {
    const kind = KINDS[index % KINDS.length];
    const service = kind.service(index);
    const persistent = index % 8 === 0 ? " -p 300" : "";
    const lines = [`-A ${service} -s ${SCHEDULERS[index % 7] ?? "wlc"}${persistent}`];
    for (let number = index * servers; number < (index + 1) * servers; number++) {
      lines.push(`-a ${service} -r ${kind.server(number)} -w ${(number % 10) + 1}`);
    }
    return lines;
  }).flat();
}

/** The same table with other weights for some of its servers, which are spread over all services. */
export function withOtherWeights(lines, share) {
  const every = Math.round(1 / share);
  return lines.map((line, index) => (index % every === 1 ? line.replace(/^(-a .* -w) \d+$/, "$1 20") : line));
}

function ipv4(number) {
  return `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
}

function hex(number) {
  return `${(number >> 16).toString(16)}:${(number & 0xffff).toString(16)}`;
}

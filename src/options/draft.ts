import { type Address, ANY, type Family } from "../model/address.js";
import { IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM } from "../model/destination.js";
import { named } from "../model/named.js";
import { FULL_NETMASK, PROTOCOL_NUMBERS, type Protocol, type ServiceKey } from "../model/service.js";
import type { DaemonState, Timeouts } from "../model/settings.js";
import type { ConnectionFilter, TableFilter } from "./command.js";
import type { CommandName, OptionName } from "./options.js";
import type { Raw } from "./raw.js";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What the options of one command line have said so far, beginning with the defaults. */
export class Draft {
  readonly given = new Set<OptionName>();

  /** Absent before `-t`, `-u`, `--sctp-service` and `-f`; tcp for firewall marks. */
  protocol: Protocol | undefined;
  /** Address family of the service, and so of its netmask. */
  family: Family = "ipv4";
  address: Address = ANY.ipv4;
  port = 0;
  /** 0: not a firewall mark. */
  fwmark = 0;

  scheduler = "wlc";
  timeout = 0;
  netmask: string | number = FULL_NETMASK.ipv4;
  engine = "";
  schedulerFlags = "";
  /** `IP_VS_SVC_F_*` bits of the scheduler flags. */
  flags = 0;

  serverAddress: Address = ANY.ipv4;
  serverPort = 0;
  forwarding: "route" | "tunnel" | "masq" = "route";
  weight = 1;
  upperThreshold = 0;
  lowerThreshold = 0;
  tunnelType: "ipip" | "gue" | "gre" = "ipip";
  tunnelPort = 0;
  tunnelFlags = IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM;

  /** What `--raw` says, whatever other options say. */
  raw: Raw = {};

  /** What `-L` shows; nothing in it means everything. */
  color: "auto" | "always" | "never" | undefined;
  readonly filter: Writable<TableFilter & ConnectionFilter> = {};

  timeouts: Timeouts = { tcp: 0, tcpFin: 0, udp: 0 };

  state: DaemonState = "master";
  interface = "eth0";
  syncId = 0;
  syncMaxLength: number | undefined;
  multicastGroup: Address | undefined;
  multicastPort: number | undefined;
  multicastTtl: number | undefined;

  /** @param inRules see ParseContext */
  constructor(
    readonly command: CommandName,
    readonly inRules = false,
  ) {}

  /** As 1.31: a mask given before the family of the service was known is forgotten. */
  useIpv6(): void {
    this.family = "ipv6";
    this.netmask = FULL_NETMASK.ipv6;
  }

  serviceKey(): ServiceKey {
    if (this.fwmark !== 0) return { fwmark: this.fwmark, family: this.family };
    const protocol = named<Protocol>(this.raw.protocol ?? this.protocol!, PROTOCOL_NUMBERS);
    return { protocol, address: this.address, port: this.port };
  }
}

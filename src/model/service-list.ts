import { dotted, ipv4Number } from "./address.js";
import { EngineNames } from "./engine-names.js";
import { addressOf, compareRows, Rows, STATS_WORDS, statsOf, writeAddressWords, writeStatsWords } from "./rows.js";
import { FULL_NETMASK, isFirewallMark, protocolNumber, protocolOf, type Service, type ServiceKey } from "./service.js";
import type { Stats } from "./stats.js";

/** The columns of a row. Those of the key come first, in the order in which they count. */
export const SERVICE_COLUMN = {
  /** The firewall mark; 0 for services that are found by their address. */
  MARK: 0,
  /** 4 or 6. */
  VERSION: 1,
  PROTOCOL: 2,
  ADDRESS: 3,
  PORT: 7,
  FLAGS: 8,
  TIMEOUT: 9,
  /** The number that IPv4 bits make, or an IPv6 prefix length. */
  NETMASK: 10,
  /** Which of the names. */
  SCHEDULER: 11,
  /** The same; 0 is none. */
  ENGINE: 12,
  /** 1 where the kernel sent counters and the reader asked for them; then they come. */
  HAS_STATS: 13,
  STATS: 14,
} as const;

const WIDTH = SERVICE_COLUMN.HAS_STATS + STATS_WORDS;

/** In which order services are read: the kernel's, that of listings, or the one in which the kernel got them. */
export type ServiceOrder = "kernel" | "listing" | "oldest first";

/** Services as rows of numbers. */
export class ServiceList extends Rows {
  readonly names: EngineNames;

  /**
   * @param capacity rows to begin with
   * @param names may be those of other lists, too
   */
  constructor(capacity = 16, names = new EngineNames()) {
    super(WIDTH, capacity);
    this.names = names;
  }

  /** A list of keys alone. */
  static of(keys: Iterable<ServiceKey>): ServiceList {
    const list = new ServiceList();
    for (const key of keys) list.#addKey(key);
    return list;
  }

  /** Adds a service. */
  append({ service, stats }: { readonly service: Service; readonly stats?: Stats | undefined }): void {
    const at = this.#addKey(service);
    const { words } = this;
    const { scheduler, flags, timeout, netmask, persistenceEngine } = service;
    words[at + SERVICE_COLUMN.FLAGS] = flags;
    words[at + SERVICE_COLUMN.TIMEOUT] = timeout;
    words[at + SERVICE_COLUMN.NETMASK] = typeof netmask === "string" ? ipv4Number(netmask) : netmask;
    words[at + SERVICE_COLUMN.SCHEDULER] = this.names.numberOf(scheduler);
    words[at + SERVICE_COLUMN.ENGINE] = persistenceEngine === undefined ? 0 : this.names.numberOf(persistenceEngine);
    if (stats !== undefined) writeStatsWords(words, at + SERVICE_COLUMN.HAS_STATS, stats);
  }

  #addKey(key: ServiceKey): number {
    const at = this.store.add();
    const { words } = this;
    if (isFirewallMark(key)) {
      words[at + SERVICE_COLUMN.MARK] = key.fwmark;
      words[at + SERVICE_COLUMN.VERSION] = key.family === "ipv6" ? 6 : 4;
    } else {
      words[at + SERVICE_COLUMN.VERSION] = writeAddressWords(words, at + SERVICE_COLUMN.ADDRESS, key.address);
      words[at + SERVICE_COLUMN.PROTOCOL] = protocolNumber(key.protocol);
      words[at + SERVICE_COLUMN.PORT] = key.port;
    }
    return at;
  }

  /** The service of a row. */
  service(row: number): Service {
    const { words } = this;
    const at = this.at(row);
    const scheduler = this.names.nameOf(words[at + SERVICE_COLUMN.SCHEDULER]!);
    const flags = words[at + SERVICE_COLUMN.FLAGS]!;
    const timeout = words[at + SERVICE_COLUMN.TIMEOUT]!;
    const bits = words[at + SERVICE_COLUMN.NETMASK]!;
    const netmask = words[at + SERVICE_COLUMN.VERSION] === 6 ? bits : bits === FULL ? FULL_NETMASK.ipv4 : dotted(bits);
    const engine = words[at + SERVICE_COLUMN.ENGINE]!;
    const name = engine === 0 ? undefined : this.names.nameOf(engine);
    const fwmark = words[at + SERVICE_COLUMN.MARK]!;
    const version = words[at + SERVICE_COLUMN.VERSION]!;
    // Each shape in one piece: objects put together of others cost ten times as much, and so does whoever reads them.
    if (fwmark !== 0) {
      const family = version === 6 ? "ipv6" : "ipv4";
      const service = { fwmark, family, scheduler, flags, timeout, netmask } as const;
      return name === undefined ? service : { ...service, persistenceEngine: name };
    }
    const protocol = protocolOf(words[at + SERVICE_COLUMN.PROTOCOL]!);
    const address = addressOf(words, at + SERVICE_COLUMN.ADDRESS, version);
    const port = words[at + SERVICE_COLUMN.PORT]!;
    const service = { protocol, address, port, scheduler, flags, timeout, netmask };
    return name === undefined ? service : { ...service, persistenceEngine: name };
  }

  /** The key of a row's service. */
  key(row: number): ServiceKey {
    const { words } = this;
    const at = this.at(row);
    const fwmark = words[at + SERVICE_COLUMN.MARK]!;
    const version = words[at + SERVICE_COLUMN.VERSION]!;
    if (fwmark !== 0) return { fwmark, family: version === 6 ? "ipv6" : "ipv4" };
    return {
      protocol: protocolOf(words[at + SERVICE_COLUMN.PROTOCOL]!),
      address: addressOf(words, at + SERVICE_COLUMN.ADDRESS, version),
      port: words[at + SERVICE_COLUMN.PORT]!,
    };
  }

  /** The counters of a row's service; absent where there are none. */
  stats(row: number): Stats | undefined {
    return statsOf(this.words, this.at(row) + SERVICE_COLUMN.HAS_STATS);
  }

  /** All rows in an order. A service that is there more than once comes once, as it came first. */
  rows(order: ServiceOrder): number[] {
    const all = Array.from({ length: this.count }, (_, row) => row).sort((a, b) => this.#compare(a, b) || a - b);
    const sorted = all.filter((row, index) => index === 0 || this.#compare(all[index - 1]!, row) !== 0);
    if (order === "listing") return sorted;
    sorted.sort((a, b) => a - b);
    return order === "kernel" ? sorted : sorted.reverse();
  }

  /** As compareServices. */
  #compare(a: number, b: number): number {
    return compareRows(this.store, a, b, SERVICE_COLUMN.MARK, SERVICE_COLUMN.PORT);
  }
}

const FULL = 0xffffffff;

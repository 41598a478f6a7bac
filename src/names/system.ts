import type { Address } from "../model/address.js";
import type { Protocol } from "../model/service.js";
import { lookupAddresses, lookupHost } from "./dns.js";
import { readHosts, readServices, type ServicesFile } from "./files.js";
import type { Names } from "./names.js";

/** Where names come from. Absent means the system's own. */
export interface SystemNamesOptions {
  /** Default `/etc/hosts`. Only the way from address to name reads it here; the other way is getaddrinfo(3)'s. */
  readonly hosts?: string;
  /** Default `/etc/services`. */
  readonly services?: string;
  /** Name servers for the way from address to name, such as `192.0.2.53:53`; default: resolv.conf(5). */
  readonly servers?: readonly string[];
  /** Milliseconds in all, over every `load`, that may be spent on names of addresses. Default 5000. */
  readonly wait?: number;
}

/** Names of addresses kept at once, so that a listing of a million clients does not grow. */
const MOST_KEPT = 65_536;

class SystemNames implements Names {
  readonly #options: Required<Omit<SystemNamesOptions, "servers">>;
  readonly #servers: readonly string[] | undefined;
  readonly #addresses = new Map<string, Address | undefined>();
  readonly #hosts = new Map<Address, string | undefined>();
  readonly #wantedAddresses = new Set<string>();
  readonly #wantedHosts = new Set<Address>();
  #hostsFile: ReadonlyMap<Address, string> | undefined;
  #servicesFile: ServicesFile | undefined;
  #wait: number;

  constructor({ servers, ...options }: SystemNamesOptions) {
    this.#options = { hosts: "/etc/hosts", services: "/etc/services", wait: 5000, ...options };
    this.#servers = servers;
    this.#wait = this.#options.wait;
  }

  addressOf(host: string): Address | undefined {
    if (host !== "" && !this.#addresses.has(host)) this.#wantedAddresses.add(host);
    return this.#addresses.get(host);
  }

  hostOf(address: Address): string | undefined {
    this.#hostsFile ??= readHosts(this.#options.hosts);
    const host = this.#hostsFile.get(address) ?? this.#hosts.get(address);
    if (host === undefined && this.#wait > 0 && !this.#hosts.has(address)) this.#wantedHosts.add(address);
    return host;
  }

  portOf(service: string, protocol: Protocol): number | undefined {
    return this.#services.ports.get(`${protocol} ${service}`);
  }

  serviceOf(port: number, protocol: Protocol): string | undefined {
    return this.#services.names.get(`${protocol} ${port}`);
  }

  get #services(): ServicesFile {
    this.#servicesFile ??= readServices(this.#options.services);
    return this.#servicesFile;
  }

  get pending(): boolean {
    return this.#wantedAddresses.size > 0 || this.#wantedHosts.size > 0;
  }

  async load(): Promise<void> {
    await Promise.all([this.#loadAddresses(), this.#loadHosts()]);
  }

  async #loadAddresses(): Promise<void> {
    const wanted = [...this.#wantedAddresses];
    this.#wantedAddresses.clear();
    await Promise.all(wanted.map(async (host) => this.#addresses.set(host, await lookupHost(host))));
  }

  async #loadHosts(): Promise<void> {
    const wanted = [...this.#wantedHosts];
    this.#wantedHosts.clear();
    if (wanted.length === 0) return;
    if (this.#hosts.size > MOST_KEPT) this.#hosts.clear();
    for (const address of wanted) this.#hosts.set(address, undefined);
    const start = performance.now();
    await lookupAddresses(wanted, this.#wait, this.#servers, (address, name) => this.#hosts.set(address, name));
    this.#wait -= performance.now() - start;
  }
}

/**
 * The names that this system knows. Files are read when first needed; node:dns is loaded by the first `load` that needs
 * it. Names of addresses come from the hosts file and the name servers (no other source of nsswitch.conf), and the wait
 * for them is bounded: afterwards addresses without a known name stay numbers.
 */
export function systemNames(options: SystemNamesOptions = {}): Names {
  return new SystemNames(options);
}

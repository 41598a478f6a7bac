import { hostname } from "node:os";
import type { Address } from "../model/address.js";
import type { Protocol } from "../model/service.js";
import { type Asking, lookupAddresses, lookupHosts } from "./dns.js";
import { completeNames, type HostsFile, readHosts, readSearchList, readServices, type ServicesFile } from "./files.js";
import type { Names } from "./names.js";

/** Where names come from. Absent means the system's own. */
export interface SystemNamesOptions {
  /** Default `/etc/hosts`. */
  readonly hosts?: string;
  /** Default `/etc/services`. */
  readonly services?: string;
  /** Where the domains to search stand. Default `/etc/resolv.conf`. */
  readonly resolv?: string;
  /** Name servers such as `192.0.2.53:53`; default: those in resolv.conf(5). */
  readonly servers?: readonly string[];
  /** Milliseconds in all, over every `load`, that may be spent on asking name servers. Default 5000. */
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
  #hostsFile: HostsFile | undefined;
  #servicesFile: ServicesFile | undefined;
  #wait: number;

  constructor({ servers, ...options }: SystemNamesOptions) {
    this.#options = {
      hosts: "/etc/hosts",
      services: "/etc/services",
      resolv: "/etc/resolv.conf",
      wait: 5000,
      ...options,
    };
    this.#servers = servers;
    this.#wait = this.#options.wait;
  }

  addressOf(host: string): Address | undefined {
    const address = this.#hostsFileOnce.addresses.get(host.toLowerCase()) ?? this.#addresses.get(host);
    if (address === undefined && host !== "" && this.#wait > 0 && !this.#addresses.has(host)) {
      this.#wantedAddresses.add(host);
    }
    return address;
  }

  hostOf(address: Address): string | undefined {
    const host = this.#hostsFileOnce.names.get(address) ?? this.#hosts.get(address);
    if (host === undefined && this.#wait > 0 && !this.#hosts.has(address)) this.#wantedHosts.add(address);
    return host;
  }

  get #hostsFileOnce(): HostsFile {
    this.#hostsFile ??= readHosts(this.#options.hosts);
    return this.#hostsFile;
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
    const start = performance.now();
    const asking = { wait: this.#wait, servers: this.#servers };
    await Promise.all([this.#loadAddresses(asking), this.#loadHosts(asking)]);
    this.#wait -= performance.now() - start;
  }

  async #loadAddresses(asking: Asking): Promise<void> {
    const wanted = [...this.#wantedAddresses];
    this.#wantedAddresses.clear();
    if (wanted.length === 0) return;
    for (const host of wanted) this.#addresses.set(host, undefined);
    const search = readSearchList(this.#options.resolv, hostname());
    const complete = (host: string) => completeNames(host, search);
    await lookupHosts(wanted, asking, complete, (host, address) => this.#addresses.set(host, address));
  }

  async #loadHosts(asking: Asking): Promise<void> {
    const wanted = [...this.#wantedHosts];
    this.#wantedHosts.clear();
    if (wanted.length === 0) return;
    if (this.#hosts.size > MOST_KEPT) this.#hosts.clear();
    for (const address of wanted) this.#hosts.set(address, undefined);
    await lookupAddresses(wanted, asking, (address, name) => this.#hosts.set(address, name));
  }
}

/**
 * The names that this system knows. Files are read when first needed; node:dns is loaded by the first `load` that needs
 * it. Names and addresses of hosts come from the hosts file and the name servers (no other source of nsswitch.conf), and the
 * wait for them is bounded: afterwards addresses without a known name stay numbers, and names without an address are unknown.
 */
export function systemNames(options: SystemNamesOptions = {}): Names {
  return new SystemNames(options);
}

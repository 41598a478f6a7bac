import type { Address } from "./model/address.js";
import type { Protocol } from "./model/service.js";

/**
 * The way between numbers and names, for listings without `-n` and for names typed in rules. All calls are synchronous:
 * what is not known yet is noted, `load` fetches everything noted at once, and the caller asks again.
 */
export interface Names {
  /** Address of a host name, as typed after `-t` or `-r`; absent when there is none or it is not loaded yet. */
  addressOf(host: string): Address | undefined;
  /** Name of an address; absent when there is none or it is not loaded yet. */
  hostOf(address: Address): string | undefined;
  /** Port number of a service name (`http`) in a protocol. */
  portOf(service: string, protocol: Protocol): number | undefined;
  /** Service name of a port number in a protocol. */
  serviceOf(port: number, protocol: Protocol): string | undefined;
  /** True when lookups were noted that `load` has not fetched yet. */
  readonly pending: boolean;
  /** Looks up all noted hosts and addresses at once, each distinct one once. Never rejects. */
  load(): Promise<void>;
}

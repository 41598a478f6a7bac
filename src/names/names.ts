import type { Address } from "../model/address.js";
import type { Protocol } from "../model/service.js";

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

/** No names at all, for what is written in numbers only. */
export const noNames: Names = {
  addressOf: () => undefined,
  hostOf: () => undefined,
  portOf: () => undefined,
  serviceOf: () => undefined,
  pending: false,
  load: async () => {},
};

/**
 * Runs `work` until it needs no name that is not loaded yet: first to note the names, then again with all of them. What
 * `work` throws counts only when nothing is pending, since a missing name may be the reason.
 */
export async function withNames<T>(names: Names, work: () => T): Promise<T> {
  for (;;) {
    let result: { value: T } | { error: unknown };
    try {
      result = { value: work() };
    } catch (error) {
      result = { error };
    }
    if (names.pending) await names.load();
    else if ("error" in result) throw result.error;
    else return result.value;
  }
}

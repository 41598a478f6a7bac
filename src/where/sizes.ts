import type { KernelConfig } from "../host/kernel-config.js";
import { own } from "../model/own.js";
import { MAGLEV_SIZES } from "./tables.js";

/** How large the kernel's tables are. */
export interface Sizes {
  /** CONFIG_IP_VS_SH_TAB_BITS: sh has 2 to the power of so many places. */
  readonly sh: number;
  /** The same of dh. */
  readonly dh: number;
  /** CONFIG_IP_VS_MH_TAB_INDEX: 8 to 17. */
  readonly mh: number;
  readonly mhPlaces: number;
  /** Where they were read; absent: nowhere, and they are the defaults. */
  readonly source?: string;
}

/** The settings, what they are by default, and what they may be (net/netfilter/ipvs/Kconfig). */
const SETTINGS = {
  sh: { name: "CONFIG_IP_VS_SH_TAB_BITS", usual: 8, least: 4, greatest: 16 },
  dh: { name: "CONFIG_IP_VS_DH_TAB_BITS", usual: 8, least: 4, greatest: 16 },
  mh: { name: "CONFIG_IP_VS_MH_TAB_INDEX", usual: 12, least: 8, greatest: 17 },
} as const;

/** Sizes from the configuration of the kernel, where there is one. */
export function sizesOf(config: KernelConfig | undefined): Sizes {
  const read = ({ name, usual, least, greatest }: (typeof SETTINGS)[keyof typeof SETTINGS]): number => {
    const value = config?.number(name);
    return value !== undefined && value >= least && value <= greatest ? value : usual;
  };
  const mh = read(SETTINGS.mh);
  return {
    sh: read(SETTINGS.sh),
    dh: read(SETTINGS.dh),
    mh,
    mhPlaces: MAGLEV_SIZES[mh - SETTINGS.mh.least]!,
    ...(config && { source: config.source }),
  };
}

/**
 * Why hashes cannot be computed for a kernel; absent when they can. Linux 4.18 changed the hash of sh and dh, and hsiphash is
 * another function on 32-bit machines.
 *
 * @param release as uname(2) tells it
 * @param machine as uname(2) tells it
 */
export function whyNotComputed(release: string, machine: string): string | undefined {
  const [major = 0, minor = 0] = release.split(".").map((part) => Number.parseInt(part, 10));
  if (major < 4 || (major === 4 && minor < 18))
    return `Linux ${release} hashes in another way than Linux 4.18 and later`;
  return COMPUTED.has(machine) ? undefined : `this program does not know the hashes of ${machine}`;
}

/** Machines of 64 bits, little-endian. */
const COMPUTED: ReadonlySet<string> = new Set(["x86_64", "aarch64", "ppc64le", "riscv64", "loongarch64"]);

/** The places that the table of a scheduler has; absent for one that has no table. */
export function placesOf(scheduler: string, sizes: Sizes): { count: number; source?: string } | undefined {
  const counts: Readonly<Record<string, number>> = { sh: 2 ** sizes.sh, dh: 2 ** sizes.dh, mh: sizes.mhPlaces };
  const count = own(counts, scheduler);
  return count === undefined ? undefined : { count, ...(sizes.source !== undefined && { source: sizes.source }) };
}

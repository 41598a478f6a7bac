import { release } from "node:os";
import { gunzipSync } from "node:zlib";
import { HostError } from "./host.js";
import { readBytes, readText } from "./proc.js";

/** What the running kernel was built with. */
export interface KernelConfig {
  /** Where it was read. */
  readonly source: string;
  /** A number such as `CONFIG_IP_VS_SH_TAB_BITS`; absent when it is not set. */
  number(name: string): number | undefined;
}

/** More than this no configuration has when it is unpacked. */
const LONGEST = 8 * 1024 * 1024;

/** The configuration of the running kernel, from where distributions keep it; absent when it is nowhere to be read. */
export function readKernelConfig(root = "", version = release()): KernelConfig | undefined {
  const packed = `${root}/proc/config.gz`;
  const readers: [source: string, read: () => string | undefined][] = [
    [packed, () => unpacked(readBytes(packed))],
    ...[`/boot/config-${version}`, `/lib/modules/${version}/config`].map((path): (typeof readers)[number] => [
      root + path,
      () => readText(root + path),
    ]),
  ];
  for (const [source, read] of readers) {
    const text = orNothing(read);
    if (text !== undefined) return { source, number: (name) => numberOf(text, name) };
  }
  return undefined;
}

function unpacked(bytes: Buffer | undefined): string | undefined {
  return bytes && gunzipSync(bytes, { maxOutputLength: LONGEST }).toString("latin1");
}

/** A file that cannot be read, or does not unpack, is as good as none. */
function orNothing(read: () => string | undefined): string | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof HostError || (error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}

function numberOf(text: string, name: string): number | undefined {
  const found = new RegExp(`^${name}=(\\d{1,9})$`, "m").exec(text);
  return found === null ? undefined : Number(found[1]);
}

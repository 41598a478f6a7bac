/** Begins the line that tells which director it is; to whoever reads rules it is a comment. */
const MARK = "# is ";

/** A part of a script: prints what no other director has, the boot and its network namespace. */
export const TELL_IDENTITY = `{ echo "${MARK}$(cat /proc/sys/kernel/random/boot_id) $(readlink /proc/self/ns/net)";} 2>/dev/null`;

/** What such a line tells; absent where the director could not tell. */
export function identityIn(text: string): string | undefined {
  return /^# is ([\da-f-]{36} net:\[\d+\])$/m.exec(text)?.[1];
}

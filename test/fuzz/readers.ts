import type { Reader } from "./reader.js";
import { DOCTOR_READERS } from "./readers/doctor.js";
import { FIREWALL_READERS } from "./readers/firewall.js";
import { KEEPALIVED_READERS } from "./readers/keepalived.js";
import { KERNEL_READERS } from "./readers/kernel.js";
import { NAME_READERS } from "./readers/names.js";
import { PROC_READERS } from "./readers/proc.js";
import { REMOTE_READERS } from "./readers/remote.js";
import { RULE_READERS } from "./readers/rules.js";
import { TERMINAL_READERS } from "./readers/terminal.js";

/** Everything that reads text or bytes that the programs did not write themselves. */
export const READERS: readonly Reader[] = [
  ...RULE_READERS,
  ...KEEPALIVED_READERS,
  ...KERNEL_READERS,
  ...PROC_READERS,
  ...FIREWALL_READERS,
  ...NAME_READERS,
  ...TERMINAL_READERS,
  ...DOCTOR_READERS,
  ...REMOTE_READERS,
];

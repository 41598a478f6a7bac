import type { IpvsClient } from "../client/client.js";
import type { Settings } from "../confirm/record.js";
import type { KernelError } from "../errors.js";
import type { Change } from "../model/change.js";
import { changesOf } from "../rules/settings.js";
import type { WantedSetting } from "../rules/wanted.js";
import { requestOf } from "../wire/change.js";
import { isOvertaken, TRIES } from "./tries.js";

/** A change of the settings that the kernel needs, and what in the file asks for it. */
export interface PlannedSetting {
  readonly wanted: WantedSetting;
  readonly change: Change;
}

/** A change of the settings that the kernel did not accept. */
export interface RefusedSetting extends PlannedSetting {
  readonly error: KernelError;
}

/** The settings changes of a file that the kernel does not follow yet: the same daemon is not started twice. */
export async function planSettings(client: IpvsClient, wanted: readonly WantedSetting[]): Promise<PlannedSetting[]> {
  if (wanted.length === 0) return [];
  const timeouts = await client.timeouts();
  const daemons = await client.daemons();
  return wanted.flatMap((setting) =>
    changesOf(setting.change, timeouts, daemons).map((change) => ({ wanted: setting, change })),
  );
}

/** The settings that a file touches, as they are. */
export async function readSettings(client: IpvsClient, wanted: readonly WantedSetting[]): Promise<Settings> {
  const kinds = new Set(wanted.map(({ change }) => change.kind));
  return {
    ...(kinds.has("set") && { timeouts: await client.timeouts() }),
    ...((kinds.has("start-daemon") || kinds.has("stop-daemon")) && { daemons: await client.daemons() }),
  };
}

/** Makes the settings as wanted, and tries again where another program was faster. Returns what the kernel refuses for good. */
export async function applySettings(client: IpvsClient, wanted: readonly WantedSetting[]): Promise<RefusedSetting[]> {
  const refused: RefusedSetting[] = [];
  let open = wanted;
  for (let attempt = 1; open.length > 0; attempt++) {
    const plan = await planSettings(client, open);
    const { refusals } = await client.batch(plan.map(({ change }) => requestOf(change)));
    const overtaken = new Set<WantedSetting>();
    for (const { index, error } of refusals) {
      const { wanted, change } = plan[index]!;
      if (attempt < TRIES && isOvertaken(change, error)) overtaken.add(wanted);
      else refused.push({ wanted, change, error });
    }
    open = [...overtaken];
  }
  return refused;
}

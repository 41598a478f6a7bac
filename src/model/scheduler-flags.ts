import { IP_VS_SVC_F_SCHED1, IP_VS_SVC_F_SCHED2, IP_VS_SVC_F_SCHED3 } from "./service.js";

/** A name for one scheduler-specific bit of a service's flags. */
export interface SchedulerFlag {
  readonly name: string;
  readonly bit: number;
  /** The only scheduler that knows the name; absent means any. */
  readonly scheduler?: string;
}

/** `IP_VS_SVC_F_SCHED_SH_*` and `IP_VS_SVC_F_SCHED_MH_*` of `<linux/ip_vs.h>`, and the neutral name of each bit. */
export const SCHEDULER_FLAGS: readonly SchedulerFlag[] = [
  { name: "sh-fallback", bit: IP_VS_SVC_F_SCHED1, scheduler: "sh" },
  { name: "sh-port", bit: IP_VS_SVC_F_SCHED2, scheduler: "sh" },
  { name: "mh-fallback", bit: IP_VS_SVC_F_SCHED1, scheduler: "mh" },
  { name: "mh-port", bit: IP_VS_SVC_F_SCHED2, scheduler: "mh" },
  { name: "flag-1", bit: IP_VS_SVC_F_SCHED1 },
  { name: "flag-2", bit: IP_VS_SVC_F_SCHED2 },
  { name: "flag-3", bit: IP_VS_SVC_F_SCHED3 },
];

/** All bits that have a name. */
export const SCHEDULER_FLAG_BITS = IP_VS_SVC_F_SCHED1 | IP_VS_SVC_F_SCHED2 | IP_VS_SVC_F_SCHED3;

/** The entry for a name as typed after `-b`; absent for unknown names. Whether it suits the scheduler is another matter. */
export function schedulerFlag(name: string): SchedulerFlag | undefined {
  return SCHEDULER_FLAGS.find((flag) => flag.name === name);
}

/** What a bit (one of 0x08, 0x10, 0x20) is called with a scheduler: the scheduler's own name for it, else `flag-N`. */
export function schedulerFlagName(scheduler: string, bit: number): string {
  const named = SCHEDULER_FLAGS.filter((flag) => flag.bit === bit);
  const flag =
    named.find((candidate) => candidate.scheduler === scheduler) ?? named.find(({ scheduler }) => !scheduler);
  return flag?.name ?? `0x${bit.toString(16)}`;
}

/** The names of all scheduler bits that are set in a service's flags, in bit order; empty when none is. */
export function schedulerFlagNames(scheduler: string, flags: number): readonly string[] {
  return [IP_VS_SVC_F_SCHED1, IP_VS_SVC_F_SCHED2, IP_VS_SVC_F_SCHED3]
    .filter((bit) => (flags & bit) !== 0)
    .map((bit) => schedulerFlagName(scheduler, bit));
}

import { setTimeout } from "node:timers/promises";
import { IpvsClient, RateMeter, serviceId } from "ipvsadm";

/** Prints for some seconds what every service has to do; looks twice as often as the kernel sums up its counters. */
const seconds = Number(process.argv[2] ?? 10);
const meters = new Map<string, RateMeter>();
const client = await IpvsClient.open();
try {
  for (let second = 0; second <= seconds; second++) {
    for (const { service, stats } of await client.services({ stats: true })) {
      const id = serviceId(service);
      const meter = meters.get(id) ?? new RateMeter();
      meters.set(id, meter);
      const { connections, inBytes } = meter.look(stats!, 1);
      if (meter.isSettled) console.log(id, connections, "connections/s", inBytes, "bytes/s");
    }
    await setTimeout(1000);
  }
} finally {
  client.close();
}

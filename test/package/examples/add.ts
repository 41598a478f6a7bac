import { FULL_NETMASK, IpvsClient, KernelError } from "ipvsadm";

/** Adds a service with two servers, unless it is there already. */
const client = await IpvsClient.open();
try {
  const web = { protocol: "tcp", address: "192.0.2.1", port: 80 } as const;
  await client.addService({ ...web, scheduler: "wrr", flags: 0, timeout: 0, netmask: FULL_NETMASK.ipv4 });
  for (const address of ["198.51.100.1", "198.51.100.2"]) {
    const server = {
      address,
      port: 8080,
      forwarding: "masq",
      weight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
    } as const;
    await client.addDestination(web, server);
  }
} catch (error) {
  if (!(error instanceof KernelError && error.code === "EEXIST")) throw error;
  console.log("it is there already");
} finally {
  client.close();
}

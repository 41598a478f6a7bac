import { IpvsClient, serviceId, sortTable } from "ipvsadm";

/** Prints services, their servers and what these have to do. */
const client = await IpvsClient.open();
try {
  for (const { service, destinations } of sortTable(await client.table())) {
    console.log(serviceId(service), service.scheduler);
    for (const { address, port, weight, activeConnections } of destinations) {
      console.log("  ", address, port, weight, activeConnections);
    }
  }
} finally {
  client.close();
}

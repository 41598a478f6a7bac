import type { Service, ServiceKey, ServiceOptions } from "../../../src/model/service.js";
import type { LiveDestination } from "../../../src/model/table.js";

export const service = (key: Partial<ServiceOptions> & ServiceKey): Service => ({
  scheduler: "wlc",
  flags: 0,
  timeout: 0,
  netmask: "255.255.255.255",
  ...key,
});

export const web = service({ protocol: "tcp", address: "192.0.2.1", port: 80 });

export const server = (address: string, live: Partial<LiveDestination> = {}): LiveDestination => ({
  address,
  port: 80,
  forwarding: "masq",
  weight: 5,
  upperThreshold: 0,
  lowerThreshold: 0,
  activeConnections: 0,
  inactiveConnections: 0,
  persistentConnections: 0,
  ...live,
});

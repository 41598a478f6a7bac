import type { Address } from "./address.js";

/** Address and port of one end of a connection. */
export interface Endpoint {
  readonly address: Address;
  /** 0..65535 in host order; 0 in templates of persistent services. */
  readonly port: number;
}

/** A connection, or a template that ties a client to its server, as /proc/net/ip_vs_conn lists it. */
export interface Connection {
  /** The kernel's word: `TCP`, `UDP`, `SCTP`; `IP` for templates of firewall marks. */
  readonly protocol: string;
  readonly client: Endpoint;
  /** The virtual service. Templates of firewall marks show the mark here, in the kernel's own odd way: `0.0.0.7`. */
  readonly virtual: Endpoint;
  readonly destination: Endpoint;
  /** The kernel's word, such as `ESTABLISHED`. */
  readonly state: string;
  /** Seconds until the entry is forgotten unless there is traffic. */
  readonly expires: number;
  /** Present when a persistence engine made the entry. */
  readonly persistence?: {
    /** Name of the engine, such as `sip`. */
    readonly engine: string;
    /** What the engine recognises the client by, such as a Call-ID; one character per byte. */
    readonly data: string;
  };
}

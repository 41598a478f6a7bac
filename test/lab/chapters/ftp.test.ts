import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Network } from "../network.js";
import { serve } from "../servers.js";
import { open } from "../story.js";
import { client, realServer, twoArms, vip } from "../two-arms.js";

/** Believes the address that the server names for its data connection, as FTP has it and curl by now does not. */
const fetchFile = `curl -m 60 -sS -v --no-ftp-skip-pasv-ip --disable-epsv ftp://${vip}/who`;

describe("FTP", () => {
  let network: Network;
  beforeAll(async () => {
    network = await open(twoArms(2));
    // The module serves all namespaces of the kernel at once: another chapter or run may have left it there.
    await network.host("director").try("modprobe -r ip_vs_ftp");
    for (const server of ["rs1", "rs2"]) await serve(network.host(server), "ftp", 21);
    await network.type([
      ["director", `ipvsadm -A -t ${vip}:21 -s rr`],
      ["director", `ipvsadm -a -t ${vip}:21 -r ${realServer(1)}:21 -m`],
      ["director", `ipvsadm -a -t ${vip}:21 -r ${realServer(2)}:21 -m`],
    ]);
  });
  afterAll(() => network.close());

  it("fails without ip_vs_ftp: the server names its own address", async () => {
    const { code, stderr } = await network.host("client").try(fetchFile);
    expect(stderr).toMatch(/227 Entering Passive Mode \(10,0,0,1[12],/);
    expect(code).not.toBe(0);
  });

  it("works with it: the address named is the service's, and leads to the same server", async () => {
    await network.host("director").type("modprobe ip_vs_ftp");
    const files = [];
    for (let n = 0; n < 6; n++) {
      const { stdout, stderr } = await network.host("client").try(fetchFile);
      expect(stderr).toContain("227 Entering Passive Mode (192,0,2,100,");
      files.push(stdout);
    }
    const fromRs1 = `rs1 saw ${client}\n`;
    const fromRs2 = `rs2 saw ${client}\n`;
    expect(files.sort()).toEqual([fromRs1, fromRs1, fromRs1, fromRs2, fromRs2, fromRs2]);
  });
});

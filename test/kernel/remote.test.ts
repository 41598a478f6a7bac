import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Directors } from "./directors.js";
import { clearByOracle } from "./oracle.js";

const TABLE = `-A -t 192.0.2.1:80 -s mh -b mh-port
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1
-A -t [2001:db8::80]:80 -s rr
-A -f 4294967295 -s rr -p 60
-a -f 4294967295 -r 10.0.0.9:0 -g -w 3
`;

let directors: Directors;

beforeAll(async () => {
  directors = await Directors.build();
});
afterAll(async () => {
  clearByOracle();
  await directors.close();
});

describe("diff", () => {
  it("of a director with ours and one with 1.31 finds nothing where both are alike", async () => {
    for (const name of ["lb1", "lb2"]) directors.put(name, TABLE);
    console.log(await directors.ipvsadm("diff", "ssh:lb1", "ssh:lb2"));
    console.log(await directors.ipvsadm("diff", "ssh:lb1"));
    console.log(await directors.ipvsadm("diff", "ssh:lb3"));
    for (const x of [
      "ssh:stranger",
      "ssh:locked",
      "ssh:lb1:2201",
      "ssh:lb1:2202",
      "ssh:lb1:2203",
      "ssh:10.77.1.77",
      "ssh:lb1:2209",
    ])
      console.log(x, await directors.ipvsadm("diff", x));
  });
});

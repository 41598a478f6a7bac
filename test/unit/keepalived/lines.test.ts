// biome-ignore-all lint/suspicious/noTemplateCurlyInString: keepalived's own parameters
import { describe, expect, it } from "vitest";
import { isKeepalived } from "../../../src/keepalived/sections.js";
import { readWith, service } from "./reading.js";

/** The weights of the servers 10.0.0.1, 10.0.0.2, … that a configuration has. */
function weights(text: string, surroundings: Parameters<typeof readWith>[1] = {}) {
  const { rules, mistakes } = readWith(text, surroundings);
  expect(mistakes).toEqual([]);
  return rules
    .filter((rule) => rule.startsWith("-a"))
    .map((rule) => `${/10\.0\.0\.(\d+)/.exec(rule)![1]}:${/-w (\d+)/.exec(rule)![1]}`);
}
const mistakes = (text: string, surroundings: Parameters<typeof readWith>[1] = {}) =>
  readWith(text, surroundings).mistakes;
const web = (words: string) => `virtual_server 192.0.2.1 80 {\n${words}\n}\n`;

describe("a keepalived.conf", () => {
  it.each([
    "virtual_server 192.0.2.1 80 {\n}",
    "! Configuration File for keepalived\n\nglobal_defs {\n",
    "  # comment\n\t\n  vrrp_instance VI_1 {",
    "global_defs{",
    "$X=3\n",
    "@main router_id x\n",
    "@^main router_id x\n",
    "~SEQ(X, 1, 2) include\n",
    "include /etc/keepalived/conf.d/*.conf",
    "SSL {",
  ])("is told by how it begins: %j", (text) => expect(isKeepalived(text)).toBe(true));

  it.each([
    "",
    "\n\n",
    "# only a comment\n",
    "-A -t 192.0.2.1:80 -s rr\n",
    "# rules\n\n-A -t 192.0.2.1:80\n",
    "ipvsadm -A -t 192.0.2.1:80\n",
    "A -t 192.0.2.1:80\n",
    "virtual_serve 192.0.2.1 80 {",
    "virtual=192.0.2.1:80\n",
    "checktimeout=3\n",
    "{}",
    "constructor {",
  ])("is not what begins so: %j", (text) => expect(isKeepalived(text)).toBe(false));
});

it("is told apart however much stands before its first word", () => {
  expect(isKeepalived(`${"\n".repeat(5_000_000)}${"# x\n".repeat(100_000)}global_defs {\n}\n`)).toBe(true);
  expect(isKeepalived(`${" ".repeat(5_000_000)}\n`)).toBe(false);
});

describe("blocks", () => {
  it.each([
    ["real_server 10.0.0.1 80 { weight 2 }", ["1:2"]],
    ["real_server 10.0.0.1 80{\nweight 2#x\n}", ["1:2"]],
    ["real_server 10.0.0.1 80\n{\nweight 2 ! x\n}", ["1:2"]],
    ["real_server 10.0.0.1 80 {weight 2\n} real_server 10.0.0.2 80 {}", ["1:2", "2:1"]],
    ['real_server "10.0.0.1" 80 {\nnotify_up "a \\" } # ! {"\nnotify_down \'b } #\'\nvirtualhost bob\'s\n}', ["1:1"]],
    ["real_server 10.0.0.1 80 {\r\n\tweight\t2\r\n}\r", ["1:2"]],
  ])("%j", (text, found) => expect(weights(web(text))).toEqual(found));

  it.each([
    [`${service()}}\n`, "line 7: there is no { for this }"],
    [
      "virtual_server 192.0.2.1 80 {\nreal_server 10.0.0.1 80 {\n}\n",
      "line 1: there is no } for the block of virtual_server",
    ],
    ["{\n}\n", "line 1: a { needs a word before it"],
    ["virtual_server 192.0.2.1 80 {{\n", "line 1: a { needs a word before it"],
    ["virtual_server 192.0.2.1 80 {\n} {\n}\n", "line 2: a { needs a word before it"],
    [`SSL {\n${"a {\n".repeat(30)}`, "line 21: blocks are nested more than 20 deep"],
    [web('virtualhost "a'), "line 2: the quotes are not closed on this line"],
    [web("real_server '10.0.0.1' 80 {\n}"), `line 2: real_server: "'10.0.0.1'" is not an address`],
    [web("weight \\\n9"), 'line 2: weight: must be a whole number from 1 to 2147483647, not "\\\\"'],
  ])("%j is a mistake", (text, mistake) => expect(mistakes(text)[0]).toBe(mistake));
});

describe("parameters", () => {
  const server = (weight: string) => web(`real_server 10.0.0.1 80 {\nweight ${weight}\n}`);

  it.each([
    ["$W=3", "$W"],
    ["$W= 3   # comment", "${W}"],
    ["$A=$B\n$B=3", "$A"],
    ["$A=${B}1\n$B=1\n$B=3", "$A"],
    ["$W=3", "$W ! x"],
    ["$N=\n$W=3", "${N}$W${N}"],
  ])("%j and weight %s", (definitions, weight) => {
    const found = weights(`${definitions}\n${server(weight.replace("${N}$W${N}", "${N}${W}${N}"))}`);
    expect(found).toEqual([definitions.includes("1\n") ? "1:31" : "1:3"]);
  });

  it("may hold lines, which define others in their turn", () => {
    const text = `$RS= \\
  real_server 10.0.0.\${N} 80 { \\
    weight \${N} \\
  }
$VS= \\
virtual_server 192.0.2.1 80 { \\
  $N=1 \\
  $RS \\
  $N=2 \\
  $RS \\
}
$VS
`;
    expect(weights(text)).toEqual(["1:1", "2:2"]);
  });

  it.each([
    ["$W=$W", "$W", /a parameter stands for itself/],
    ["$A=x${B}\n$B=y${A}", "$A", /a parameter stands for itself/],
    ["", "$W", /the value of \$W is not known/],
    ["", "${_RANDOM 1 9}", /the value of \$_RANDOM is not known/],
    ["", "${_INSTANCE}", /the value of \$_INSTANCE is not known/],
    ["$W=3", "$W.1", /the value of \$W is not known/],
    ["$W = 3", "3", /there is no section "\$W"/],
    ["$W=a \\\n3", "3", /a value of several lines begins on the line behind \$NAME=/],
    ["$W=@main weight", "3\n$W 4", /comes from a parameter in another way/],
    [`$A=${"x".repeat(2000)}\n$B=${"${A}".repeat(100)}`, "$B", /parameters make this line too long/],
  ])("%j and weight %j is a mistake", (definitions, weight, reason) => {
    expect(mistakes(`${definitions}\n${server(weight)}`).join("\n")).toMatch(reason);
  });

  it("are refused when they bring themselves back with every line", () => {
    expect(mistakes("$A= \\\n x ${A} \\\n\n$A\n")).toEqual([expect.stringMatching(/nested more than 50 deep/)]);
  });
});

describe("sequences and lists", () => {
  const server = "real_server 10.0.0.${X} 80 { weight ${X} }";

  it.each([
    [`~SEQ(X, 1, 3) ${server}`, ["1:1", "2:2", "3:3"]],
    [`~SEQ(X, 2) ${server}`, ["1:1", "2:2"]],
    [`~SEQ (X,1,2,6)${server}`, ["1:1", "3:3", "5:5"]],
    [`~SEQ(X, 3, 1) ${server}`, ["3:3", "2:2", "1:1"]],
    [`~SEQ(X, 0x8, 10) ${server}`, ["8:8", "9:9", "10:10"]],
    [`~LST(X, 7, 5) ${server}`, ["7:7", "5:5"]],
    ["~LST({X, Y}, {1,9}, {2, 8}) real_server 10.0.0.${X} 80 { weight $Y }", ["1:9", "2:8"]],
    ["~SEQ(X, 1, 2) ~SEQ(Y, 3, 4) real_server 10.0.0.${X}${Y} 80 { weight $Y }", ["13:3", "14:4", "23:3", "24:4"]],
    [`~SEQ(X, 1, 2) ${server}\n~SEQ(X, 3, 4) ${server}`, ["1:1", "2:2", "3:3", "4:4"]],
  ])("%s", (line, found) => expect(weights(web(line))).toEqual(found));

  it("count in hexadecimal", () => {
    const { rules } = readWith(
      "virtual_server fd00::1 80 {\n~SEQx(X, 9, 11) real_server fd00::${X} 80 { weight 1 }\n}\n",
    );
    expect(rules.slice(1).map((rule) => /\[fd00::\w\]:80 /g.exec(rule.split("-r ")[1]!)![0])).toEqual(
      ["9", "a", "b"].map((digit) => `[fd00::${digit}]:80 `),
    );
  });

  it.each([
    ["~SEQ(X, 5, 1, 2) x", /do not lead from its start to its end/],
    ["~SEQ(X, 1, 0, 2) x", /do not lead from its start to its end/],
    ["~SEQ(X, 1, 9999999) x", /more than 100000 times/],
    ["~SEQ(X) x", /~SEQ needs the name of a parameter and one to three numbers/],
    ["~SEQ(1, 2) x", /~SEQ needs the name/],
    ["~SEQ(X, a) x", /~SEQ needs the name/],
    ["~NOSUCH(X, 1) x", /a line that begins with ~ must be/],
    ["~SEQ X", /a line that begins with ~ must be/],
    ["~LST(X) x", /~LST needs/],
    ["~LST({X, Y}, {1, 2}, {3}) x", /with as many values as parameters/],
    ["~LST(X, a b) x", /one word without quotes/],
    ["~SEQ(X, 1, 2) ~SEQ(X, 1, 2) x", /\$X is defined already/],
    ["$X=1\n~SEQ(X, 1, 2) x", /\$X is defined already/],
  ])("%s is a mistake", (line, reason) => expect(mistakes(web(line)).join("\n")).toMatch(reason));
});

describe("conditions", () => {
  const text = web("@one weight 3\n@^one weight 4\nreal_server 10.0.0.1 80 {\n}");

  it("go by the configuration id", () => {
    expect(weights(text, { configId: "one" })).toEqual(["1:3"]);
    expect(weights(text, { configId: "two" })).toEqual(["1:4"]);
    expect(
      weights(`@one $W=3\n@^one $W=4\n${web("weight $W\nreal_server 10.0.0.1 80 {\n}")}`, { configId: "two" }),
    ).toEqual(["1:4"]);
    expect(weights(web("weight ${_INSTANCE}\nreal_server 10.0.0.1 80 {\n}"), { configId: "7" })).toEqual(["1:7"]);
  });

  it("are mistakes without it, but not where they do not matter", () => {
    const reason =
      "counts only with the configuration id one, and it is not known whether that is keepalived's: name it with --config-id";
    expect(mistakes(text)).toEqual([`line 2: ${reason}`, `line 3: ${reason}`]);
    const elsewhere = "vrrp_instance VI {\n@one priority 5\n@one $P=3\npriority $P\n}\n";
    expect(weights(elsewhere + service())).toEqual(["1:1"]);
    expect(weights(`global_defs {\n@one router_id x\n}\n${service()}`)).toEqual(["1:1"]);
    expect(mistakes("global_defs {\n@one lvs_timeouts tcp 5\n}\n")).toEqual([`line 2: ${reason}`]);
    expect(mistakes("vrrp_instance VI {\n@one track {\n}\n}\n")).toEqual([
      `line 2: ${reason}`,
      "line 2: what follows cannot be read without it",
    ]);
    expect(mistakes("@one $X=a {\n")).toEqual([`line 1: ${reason}`]);
    expect(mistakes(`@one $W=3\n${web("weight $W\nreal_server 10.0.0.1 80 {\n}")}`)[0]).toMatch(
      /the value of \$W is not known/,
    );
  });

  it.each([
    ["@", /@ needs an id and what shall be read/],
    ["@one", /@ needs an id/],
    ["@one @two weight 3", /keepalived heeds one condition/],
    ["@one ~SEQ(X, 1, 2) x", /no ~ behind it/],
    ["@one include x", /keepalived heeds no condition before an include/],
  ])("%j is a mistake", (line, reason) => {
    expect(mistakes(web(line), { configId: "one" })).toEqual([expect.stringMatching(reason)]);
  });
});

describe("include", () => {
  const files = {
    "etc/a.inc": "real_server 10.0.0.1 80 {\n}\n",
    "etc/conf.d/10.conf": "real_server 10.0.0.3 80 {\n}\n",
    "etc/conf.d/2.conf": "include ../a.inc\ninclude b.inc # here\n",
    "etc/conf.d/b.inc": "real_server 10.0.0.2 80 {\n}",
    "etc/conf.d/../a.inc": "real_server 10.0.0.1 80 {\n}\n",
    "etc/conf.d/.hidden.conf": "nothing\n",
    "/abs/x.inc": "real_server 10.0.0.9 80 {\n}\n",
    "etc/bad.inc": "\nweight x\n",
    "etc/self.inc": "include self.inc\n",
    "etc/one.inc": "include two.inc\n",
    "etc/two.inc": "include one.inc\n",
  };

  it.each([
    ["include a.inc", ["1"]],
    ["includea a.inc", ["1"]],
    ["include conf.d/*.conf", ["3", "1", "2"]],
    ["include conf.d/{b.inc,10.conf}", ["2", "3"]],
    ["include {a,conf.d/{b,none-such*}}.inc", ["1", "2"]],
    ["include conf.d/[0-9]?.conf", ["3"]],
    ["include /abs/x.inc", ["9"]],
    ["include none*\nreal_server 10.0.0.5 80 {\n}", ["5"]],
  ])("%j", (line, found) => {
    expect(weights(web(line), { files })).toEqual(found.map((last) => `${last}:1`));
  });

  it("names the file of a mistake", () => {
    expect(mistakes(web("include bad.inc"), { files })).toEqual([
      'etc/bad.inc line 2: weight: must be a whole number from 1 to 2147483647, not "x"',
    ]);
  });

  it.each([
    ["include none.inc", "line 2: cannot read etc/none.inc"],
    ["include", "line 2: include needs the name of a file"],
    ['include "a.inc"', "line 2: keepalived takes quotes and backslashes as a part of the file's name"],
    ["include $X.inc", "line 2: keepalived does not replace parameters in an include"],
    ["include {a,b", "line 2: a brace is not closed in etc/{a,b"],
    ["include self.inc", "etc/self.inc line 1: etc/self.inc includes itself"],
    ["include one.inc", "etc/two.inc line 1: etc/one.inc includes itself"],
    ["include {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "line 2: stands for more than 1000 files"],
  ])("%j is a mistake", (line, mistake) => expect(mistakes(web(line), { files })).toContain(mistake));

  it("has an end", () => {
    const many = {
      "etc/many.inc": "include {../etc/a,../etc/../etc/a}.inc\n",
      "etc/../etc/a.inc": "",
      "etc/../etc/../etc/a.inc": "",
    };
    expect(mistakes("include many.inc\n".repeat(400), { files: many })).toEqual([
      expect.stringMatching(/more than 1000 files are included/),
    ]);
  });
});

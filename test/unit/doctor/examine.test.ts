import { describe, expect, it } from "vitest";
import { type Check, onDirector, onServer, type ServerCheck, type Verdict } from "../../../src/doctor/check.js";
import { CHECKS } from "../../../src/doctor/checks/index.js";
import { examine } from "../../../src/doctor/examine.js";
import { Facts } from "../../../src/doctor/facts.js";
import type { Severity } from "../../../src/doctor/finding.js";
import { entry, host, server } from "./snapshot.js";

const table = [entry([server("10.0.0.42"), server("10.0.0.78")]), entry([server("10.0.0.42")], { port: 443 })];
const facts = new Facts({ table, routes: new Map() }, host());

const verdict = (severity: Severity, why = "because", rest: Partial<Verdict> = {}): Verdict => ({
  severity,
  why,
  evidence: ["x = 0"],
  remedies: [onDirector(["fix"])],
  ...rest,
});

const check = (id: string, judge: ServerCheck["verdict"], rest: Partial<ServerCheck> = {}): Check => ({
  id,
  title: id,
  scope: "server",
  appliesTo: () => true,
  verdict: judge,
  ...rest,
});

describe("an examination", () => {
  it("makes one finding of verdicts that say the same, with each thing once", () => {
    const same = check("same", ({ server: { address } }) =>
      verdict("error", "because", {
        evidence: ["x = 0", `${address} is odd`],
        remedies: [onDirector(["fix", `fix ${address}`])],
      }),
    );
    expect(examine([same], facts)).toEqual([
      {
        id: "same",
        title: "same",
        severity: "error",
        concerns: [
          {
            service: { protocol: "tcp", address: "10.0.0.100", port: 80 },
            servers: [
              { address: "10.0.0.42", port: 80 },
              { address: "10.0.0.78", port: 80 },
            ],
          },
          {
            service: { protocol: "tcp", address: "10.0.0.100", port: 443 },
            servers: [{ address: "10.0.0.42", port: 80 }],
          },
        ],
        evidence: ["x = 0", "10.0.0.42 is odd", "10.0.0.78 is odd"],
        why: "because",
        remedies: [{ on: "director", commands: ["fix", "fix 10.0.0.42", "fix 10.0.0.78"] }],
      },
    ]);
  });

  it("keeps apart what has another reason, severity or place", () => {
    const differs = check("differs", ({ server: { address } }) =>
      address === "10.0.0.42"
        ? verdict("error", "one")
        : verdict("warning", "two", { remedies: [onServer(["a"]), onDirector(["b"], "or")] }),
    );
    const findings = examine([differs], facts);
    expect(findings.map(({ severity, why }) => [severity, why])).toEqual([
      ["error", "one"],
      ["warning", "two"],
    ]);
    expect(findings[1]!.remedies).toEqual([
      { on: "server", commands: ["a"] },
      { on: "director", commands: ["b"], note: "or" },
    ]);
  });

  it("puts the serious first, and keeps the order of the checks among equals", () => {
    const checks = (["info", "error", "warning", "error"] as const).map((severity, index) =>
      check(`${severity}-${index}`, () => verdict(severity)),
    );
    expect(examine(checks, facts).map(({ id }) => id)).toEqual(["error-1", "error-3", "warning-2", "info-0"]);
  });

  it("leaves symptoms to the errors before them that explain them, server by server", () => {
    const cause = check("cause", ({ server: { address } }) => (address === "10.0.0.42" ? verdict("error") : undefined));
    const mild = check("mild", () => verdict("warning"));
    const symptom = check("symptom", () => verdict("error"), { symptom: true });
    const [, found] = examine([cause, mild, symptom], facts);
    expect(found).toMatchObject({ id: "symptom", concerns: [{ servers: [{ address: "10.0.0.78" }] }] });
  });

  it("takes an error of a service for one of all its servers", () => {
    const service: Check = {
      id: "service",
      title: "service",
      scope: "service",
      appliesTo: ({ service: key }) => "port" in key && key.port === 80,
      verdict: () => verdict("error"),
    };
    const symptom = check("symptom", () => verdict("error"), { symptom: true });
    const findings = examine([service, symptom], facts);
    expect(findings[0]!.concerns).toEqual([
      { service: { protocol: "tcp", address: "10.0.0.100", port: 80 }, servers: [] },
    ]);
    expect(findings[1]!.concerns).toMatchObject([{ service: { port: 443 } }]);
  });

  it("asks only what a check applies to", () => {
    const never = check("never", () => verdict("error"), { appliesTo: () => false });
    const director: Check = {
      id: "d",
      title: "d",
      scope: "director",
      appliesTo: () => false,
      verdict: () => verdict("error"),
    };
    expect(examine([never, director], facts)).toEqual([]);
  });
});

describe("the table of checks", () => {
  it("has a name of its own for each", () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[a-z]+(-[a-z]+)*$/.test(id))).toBe(true);
  });

  it("finds nothing, and says what is missing, where nothing can be read", () => {
    const blind = new Facts(
      { table, routes: new Map() },
      {
        ...host(),
        sysctl: () => undefined,
        program: () => undefined,
        module: () => "absent",
      },
    );
    expect(examine(CHECKS, blind)).toEqual([]);
  });
});

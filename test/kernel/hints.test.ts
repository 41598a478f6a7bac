import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { commandOf } from "../programs.js";
import { typed } from "./program.js";

it("scripts see nothing but 1.31's message for an option that does not exist", () => {
  expect(typed("-L --numerci")).toEqual({ status: 255, stdout: "", stderr: "--numerci: unknown option\n" });
});

it("people at a terminal also see what they may have meant", () => {
  const line = [...commandOf("ipvsadm"), "-L --numerci"].join(" ");
  const { status, stdout } = spawnSync("script", ["-q", "-e", "-c", line, "/dev/null"], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({
    status: 255,
    stdout: "--numerci: unknown option\r\n  did you mean --numeric?\r\n",
  });
});

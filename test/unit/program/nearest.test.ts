import { expect, it } from "vitest";
import { nearest } from "../../../src/program/nearest.js";

const OPTIONS = ["weight", "netmask", "numeric", "nosort", "stats", "rate", "tun-type", "tun-port"];
const SCHEDULERS = ["rr", "wrr", "lc", "wlc", "lblc", "sh", "mh"];

it.each([
  ["wieght", ["weight"]],
  ["weigth", ["weight"]],
  ["WEIGHT", ["weight"]],
  ["wight", ["weight"]],
  ["weightt", ["weight"]],
  ["num", ["numeric"]],
  ["tun", ["tun-type", "tun-port"]],
  ["no-sort", ["nosort"]],
  ["xyz", []],
  ["colour", []],
  ["", []],
])("%s among options", (typed, expected) => expect(nearest(typed, OPTIONS)).toEqual(expected));

it.each([
  ["wlcc", ["wlc"]],
  ["wr", ["rr", "wrr"]],
  ["lblx", ["lblc"]],
  ["x", []],
])("%s among schedulers", (typed, expected) => expect(nearest(typed, SCHEDULERS).slice(0, 2)).toEqual(expected));

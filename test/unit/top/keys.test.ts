import { describe, expect, it } from "vitest";
import { type Key, press, type State } from "../../../src/top/keys.js";
import type { View } from "../../../src/top/view.js";

const view: View = { sort: "name", reverse: false, grouping: "tree", filter: "" };

describe("press", () => {
  const state: State = { view, offset: 0, paused: false, typing: false, help: false };
  const extent = { rows: 25, page: 10 };
  const key = (name: string): Key => ({ name, text: name.length === 1 ? name : "", ctrl: false });
  const pressed = (...names: readonly string[]) =>
    names.reduce<State | undefined>((now, name) => now && press(now, key(name), extent), state);

  it("quits", () => {
    expect(pressed("q")).toBeUndefined();
    expect(press({ ...state, typing: true }, { name: "c", text: "\x03", ctrl: true }, extent)).toBeUndefined();
  });

  it("moves through the columns, round the ends", () => {
    expect(pressed("right")?.view.sort).toBe("weight");
    expect(pressed("left")?.view.sort).toBe("outBytes");
    expect(pressed("left", "right")?.view.sort).toBe("name");
  });

  it("turns round, changes the view, pauses, explains", () => {
    expect(pressed("r")?.view.reverse).toBe(true);
    expect(pressed("v", "v")?.view.grouping).toBe("servers");
    expect(pressed("space")?.paused).toBe(true);
    expect(pressed("space", "space")?.paused).toBe(false);
    expect(pressed("h")?.help).toBe(true);
    expect(pressed("?", "escape")?.help).toBe(false);
  });

  it("scrolls within the rows", () => {
    expect(pressed("up")?.offset).toBe(0);
    expect(pressed("down", "down")?.offset).toBe(2);
    expect(pressed("pagedown")?.offset).toBe(10);
    expect(pressed("pagedown", "pagedown", "pagedown")?.offset).toBe(15);
    expect(pressed("end")?.offset).toBe(15);
    expect(pressed("end", "pageup")?.offset).toBe(5);
    expect(pressed("end", "home")?.offset).toBe(0);
    expect(press(state, key("end"), { rows: 3, page: 10 })?.offset).toBe(0);
  });

  it("takes a filter, letter by letter", () => {
    const typed = pressed("end", "/", "1", "0", "q", "backspace", "v");
    expect(typed).toMatchObject({ typing: true, offset: 0, view: { filter: "10v", grouping: "tree" } });
    expect(press(typed!, key("return"), extent)).toMatchObject({ typing: false, view: { filter: "10v" } });
    expect(press(typed!, key("escape"), extent)).toMatchObject({ typing: false, view: { filter: "" } });
    expect(pressed("/", "a", "return", "escape")?.view.filter).toBe("");
  });

  it("takes only what can be in a row", () => {
    const typing = { ...state, typing: true };
    for (const text of ["\x1b[200~", "\n", "é", ""]) {
      expect(press(typing, { name: "", text, ctrl: false }, extent)?.view.filter).toBe("");
    }
    const long = press(typing, { name: "", text: "x".repeat(5000), ctrl: false }, extent);
    expect(long?.view.filter).toHaveLength(64);
  });

  it("does nothing for other keys", () => expect(pressed("f5")).toBe(state));
});

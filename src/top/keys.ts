import { own } from "../model/own.js";
import { GROUPINGS, SORT_KEYS, type View } from "./view.js";

/** A view, and the user's place in it. */
export interface State {
  readonly view: View;
  /** Rows above the screen. */
  readonly offset: number;
  /** The table stands still. */
  readonly paused: boolean;
  /** Keys go into the filter. */
  readonly typing: boolean;
  /** The keys are explained. */
  readonly help: boolean;
}

/** A key as node:readline tells it. */
export interface Key {
  /** The characters that it stands for. */
  readonly text: string;
  /** `up`, `pagedown`, `return`, or the character itself. */
  readonly name: string;
  readonly ctrl: boolean;
}

/** What the keys mean, for those who ask. */
export const KEY_HELP: readonly (readonly [keys: string, meaning: string])[] = [
  ["q, Ctrl-C", "quit"],
  ["Left, Right", "sort by the column before or after"],
  ["r", "reverse the order"],
  ["v", "services with their servers, services only, servers only"],
  ["/", "show what contains a text: type it, then Enter; Esc for everything"],
  ["Up, Down, PgUp, PgDn, Home, End", "scroll"],
  ["Space", "stand still, go on"],
  ["Ctrl-Z", "back to the shell; fg returns"],
  ["h, ?", "these keys"],
];

/** Longer texts are in no row. */
const LONGEST_FILTER = 64;

/** How many rows there are, and how many of them the screen shows at a time. */
export interface Extent {
  readonly rows: number;
  readonly page: number;
}

/** What a key makes of the state; absent: quit. */
export function press(state: State, key: Key, extent: Extent): State | undefined {
  if (key.ctrl && key.name === "c") return undefined;
  if (state.typing) return typeFilter(state, key);
  const action = own(ACTIONS, key.name) ?? own(ACTIONS, key.text);
  return action ? action(state, extent) : state;
}

const ACTIONS: Readonly<Record<string, (state: State, extent: Extent) => State | undefined>> = {
  q: () => undefined,
  left: (state) => ({ ...state, view: { ...state.view, sort: neighbour(SORT_KEYS, state.view.sort, -1) } }),
  right: (state) => ({ ...state, view: { ...state.view, sort: neighbour(SORT_KEYS, state.view.sort, 1) } }),
  r: (state) => ({ ...state, view: { ...state.view, reverse: !state.view.reverse } }),
  v: (state) => ({
    ...state,
    offset: 0,
    view: { ...state.view, grouping: neighbour(GROUPINGS, state.view.grouping, 1) },
  }),
  "/": (state) => ({ ...state, typing: true }),
  escape: (state) => ({ ...withFilter(state, ""), help: false }),
  up: (state, extent) => scrolled(state, -1, extent),
  down: (state, extent) => scrolled(state, 1, extent),
  pageup: (state, extent) => scrolled(state, -extent.page, extent),
  pagedown: (state, extent) => scrolled(state, extent.page, extent),
  home: (state, extent) => scrolled(state, -Infinity, extent),
  end: (state, extent) => scrolled(state, Infinity, extent),
  space: (state) => ({ ...state, paused: !state.paused }),
  h: (state) => ({ ...state, help: !state.help }),
  "?": (state) => ({ ...state, help: !state.help }),
};

function typeFilter(state: State, { name, text, ctrl }: Key): State {
  const { filter } = state.view;
  if (name === "return" || name === "enter") return { ...state, typing: false };
  if (name === "escape") return { ...withFilter(state, ""), typing: false };
  if (name === "backspace") return withFilter(state, filter.slice(0, -1));
  return !ctrl && /^[ -~]+$/.test(text) ? withFilter(state, (filter + text).slice(0, LONGEST_FILTER)) : state;
}

function withFilter(state: State, filter: string): State {
  return { ...state, offset: 0, view: { ...state.view, filter } };
}

function scrolled(state: State, by: number, { rows, page }: Extent): State {
  return { ...state, offset: Math.max(0, Math.min(state.offset + by, rows - page)) };
}

function neighbour<T>(all: readonly T[], one: T, step: number): T {
  return all[(all.indexOf(one) + step + all.length) % all.length]!;
}

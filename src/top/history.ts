import { RATES, type Rate, type Rates } from "./rates.js";

/** How many intervals back the history of a row goes. */
export const SPAN = 24;

/** The last rates of one row, kept in little memory since there may be tens of thousands of rows. */
export class History {
  readonly #values = new Float32Array(RATES.length * SPAN).fill(NaN);
  #next = 0;

  add(rates: Rates): void {
    for (let at = 0; at < RATES.length; at++) this.#values[at * SPAN + this.#next] = rates[RATES[at]!];
    this.#next = (this.#next + 1) % SPAN;
  }

  /** The last `count` values of a rate, oldest first; NaN where nothing is known. At most SPAN. */
  last(rate: Rate, count: number): number[] {
    const start = RATES.indexOf(rate) * SPAN;
    const length = Math.min(count, SPAN);
    return Array.from({ length }, (_, index) => this.#values[start + ((this.#next + SPAN - length + index) % SPAN)]!);
  }
}

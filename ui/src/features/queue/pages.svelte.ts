/** A long list of the program, fetched in pages as its rows come into sight. */

import type { Found, State } from '../../backend/bindings';
import { call, errorCode } from '../../backend/client';

/** The most that the program gives at once. */
export const PAGE = 200;

export interface Row {
  n: number;
  /** Absent until its page came. */
  found: Found | undefined;
}

export class Pages {
  /** All rows, also those not fetched yet; undefined before the first answer. */
  rows = $state.raw<readonly Row[]>();
  refused = $state.raw<string>();
  readonly #states: State[];
  // Nothing on the screen follows it.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #asked = new Set<number>();
  #turn = 0;

  constructor(states: State[]) {
    this.#states = states;
  }

  /** Something changed: what is in sight is asked anew, the rest when it comes into sight. Rows stay until then. */
  async begin(): Promise<void> {
    const turn = ++this.#turn;
    const again = this.#asked.size > 0 ? [...this.#asked].slice(-2) : [0];
    // eslint-disable-next-line svelte/prefer-svelte-reactivity
    this.#asked = new Set(again);
    await Promise.all(again.map((page) => this.#fetch(page, turn)));
  }

  /** The row is in sight. */
  want(n: number): void {
    const page = Math.floor(n / PAGE);
    if (this.#asked.has(page)) return;
    this.#asked.add(page);
    void this.#fetch(page, this.#turn);
  }

  async #fetch(page: number, turn: number): Promise<void> {
    try {
      const { total, items } = await call('list', { states: this.#states, offset: page * PAGE, limit: PAGE });
      if (turn !== this.#turn) return;
      const rows = (this.rows ?? []).slice(0, total);
      for (let n = rows.length; n < total; n++) rows.push({ n, found: undefined });
      items.forEach((found, i) => (rows[page * PAGE + i] = { n: page * PAGE + i, found }));
      this.rows = rows;
      this.refused = undefined;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#asked.delete(page);
      this.refused = errorCode(error);
    }
  }
}

/** What a screen shows: asked when it opens, asked again after every change, never patched. */

import { errorCode, on } from './client';

export class Asked<T> {
  value = $state.raw<T>();
  /** Why the last question was not answered; the value before stays. */
  refused = $state.raw<string>();
  #turn = 0;

  /** Asks; an answer that comes after a later question is dropped. */
  async ask(question: () => Promise<T>): Promise<void> {
    const turn = ++this.#turn;
    try {
      const value = await question();
      if (turn !== this.#turn) return;
      this.value = value;
      this.refused = undefined;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.refused = errorCode(error);
    }
  }

  /** Forgets the value and whatever is still on its way. */
  drop(): void {
    this.#turn++;
    this.value = undefined;
    this.refused = undefined;
  }
}

/** For a component: asks now, when what the question reads changes, and when the program says that something changed. */
export function asked<T>(question: () => Promise<T>): Asked<T> & { again: () => void } {
  const held = new Asked<T>();
  $effect(() => {
    void held.ask(question);
    return on('changed', () => void held.ask(question));
  });
  return Object.assign(held, { again: () => void held.ask(question) });
}

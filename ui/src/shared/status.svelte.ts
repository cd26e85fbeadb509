/** Short messages about what just happened. Shown over the foot of the page and read out. */

import type { Tone } from './tone';

export interface Saying {
  readonly id: number;
  readonly words: string;
  readonly tone: Tone;
}

/** Long enough to read two lines slowly. Danger stays until it is closed. */
const SHOWN_MS = 7000;

class Status {
  #sayings = $state.raw<readonly Saying[]>([]);
  #next = 0;

  get sayings(): readonly Saying[] {
    return this.#sayings;
  }

  say(words: string, tone: Tone = 'plain'): void {
    const saying = { id: this.#next++, words, tone };
    // The same words again replace the old ones instead of piling up.
    this.#sayings = [...this.#sayings.filter((each) => each.words !== words), saying].slice(-3);
    if (tone !== 'danger') setTimeout(() => this.close(saying.id), SHOWN_MS);
  }

  close(id: number): void {
    this.#sayings = this.#sayings.filter((each) => each.id !== id);
  }
}

export const status = new Status();

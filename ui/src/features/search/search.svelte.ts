/** The search over everything, opened by Ctrl+K or by a button of any screen. */

import { Asked } from '../../backend/asked.svelte';
import type { Found } from '../../backend/bindings';
import { call } from '../../backend/client';

/** As many as anybody reads. */
export const MOST = 50;

class SearchOverlay {
  open = $state(false);

  show(): void {
    this.open = true;
  }
}

export const search = new SearchOverlay();

/**
 * What was typed and what was found for it. The first letter is asked for at once; while an answer is on its way only the
 * newest text waits for its turn, so quick typing never queues questions and nobody waits for a pause.
 */
export class Searcher {
  readonly found = new Asked<Found[]>();
  #asking = false;
  #next: string | undefined;

  type(text: string): void {
    const wanted = text.trim();
    if (!wanted) {
      this.end();
      return;
    }
    this.#next = wanted;
    if (!this.#asking) void this.#ask();
  }

  end(): void {
    this.#next = undefined;
    this.found.drop();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    while (this.#next !== undefined) {
      const text = this.#next;
      this.#next = undefined;
      await this.found.ask(() => call('search', { text, limit: MOST }));
    }
    this.#asking = false;
  }
}

/** The search over everything, opened by Ctrl+K or by a button of any screen. */

import { Asked } from '../../backend/asked.svelte';
import type { Found } from '../../backend/bindings';
import { call } from '../../backend/client';

/** Milliseconds without a key before the program is asked. */
export const SETTLE_MS = 40;
/** As many as anybody reads. */
export const MOST = 50;

class SearchOverlay {
  open = $state(false);

  show(): void {
    this.open = true;
  }
}

export const search = new SearchOverlay();

/** What was typed and what was found for it; an answer to an earlier text never shows. */
export class Searcher {
  readonly found = new Asked<Found[]>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  type(text: string): void {
    clearTimeout(this.#timer);
    const wanted = text.trim();
    if (!wanted) {
      this.found.drop();
      return;
    }
    this.#timer = setTimeout(() => void this.found.ask(() => call('search', { text: wanted, limit: MOST })), SETTLE_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.found.drop();
  }
}

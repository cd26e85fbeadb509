/** How the device stands, kept up by the program's `state` events. */

import { ago, instant } from '../shared/format';
import { t } from '../i18n';
import type { AppState } from './bindings';
import { call, on } from './client';

class Device {
  #state = $state.raw<AppState>();
  #heardAt = 0;
  #first: Promise<void> | undefined;

  /** Undefined until the program answered for the first time. */
  get state(): AppState | undefined {
    void this.first();
    return this.#state;
  }

  /** Listens, and is over when the program answered or could not. */
  first(): Promise<void> {
    if (!this.#first) {
      on('state', (state) => this.hear(state));
      this.#first = call('state', null).then(
        // An event that came first is newer.
        (state) => void (this.#state ?? this.hear(state)),
        () => (this.#first = undefined),
      );
    }
    return this.#first;
  }

  hear(state: AppState): void {
    this.#heardAt = performance.now();
    this.#state = state;
  }

  /** Seconds since 1970 by the program's clock, which may be right where the tablet's is not. */
  now(): number {
    const state = this.state;
    return state ? state.now + (performance.now() - this.#heardAt) / 1000 : Date.now() / 1000;
  }

  /** An instant in words: `hôm qua 17:20`; nothing there is `chưa bao giờ`. */
  ago(seconds: number | null | undefined): string {
    return seconds === null || seconds === undefined ? t.when.never : ago(instant(seconds), instant(this.now()), t.when);
  }
}

export const device = new Device();

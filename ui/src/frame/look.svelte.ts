/** How the window looks for the person at it: theme and hand. The program keeps it (`set_look`) and gives it back at the start. */

import type { Hand, Look as Kept, Theme } from '../backend/bindings';
import { call } from '../backend/client';
import { language } from '../i18n';

export type { Hand, Theme };

class Look {
  theme = $state<Theme>('light');
  hand = $state<Hand>('right');
  /** What sunlight goes back to. */
  #indoors: Theme = 'light';

  /** What the program kept. */
  restore(kept: Kept): void {
    this.#indoors = kept.indoors;
    this.#show(kept.theme, kept.hand);
    language.set(kept.language);
  }

  setTheme(theme: Theme): void {
    if (theme !== 'sun') this.#indoors = theme;
    this.#show(theme, this.hand);
    this.keep();
  }

  toggleSun(): void {
    this.setTheme(this.theme === 'sun' ? this.#indoors : 'sun');
  }

  setHand(hand: Hand): void {
    this.#show(this.theme, hand);
    this.keep();
  }

  /** Kept for the next start; where that fails the window looks as asked until it is closed. */
  keep(): void {
    const kept: Kept = { theme: this.theme, indoors: this.#indoors, hand: this.hand, language: language.current };
    void call('set_look', kept).catch(() => undefined);
  }

  #show(theme: Theme, hand: Hand): void {
    this.theme = theme;
    this.hand = hand;
    document.documentElement.dataset['theme'] = theme;
    document.documentElement.dataset['hand'] = hand;
  }
}

export const look = new Look();

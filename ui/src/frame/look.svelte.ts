/** How the window looks for the person at it. The program keeps it with the operator's settings; nothing is kept here. */

export type Theme = 'light' | 'sun' | 'dark';
export type Hand = 'right' | 'left';

class Look {
  theme = $state<Theme>('light');
  hand = $state<Hand>('right');
  /** What sunlight goes back to. */
  #indoors: Theme = 'light';

  setTheme(theme: Theme): void {
    if (theme !== 'sun') this.#indoors = theme;
    this.theme = theme;
    document.documentElement.dataset['theme'] = theme;
  }

  toggleSun(): void {
    this.setTheme(this.theme === 'sun' ? this.#indoors : 'sun');
  }

  setHand(hand: Hand): void {
    this.hand = hand;
    document.documentElement.dataset['hand'] = hand;
  }
}

export const look = new Look();

import type { KnownBlank } from '../../backend/bindings';

/** The card a person uses: bound here, and not refused by the city. */
export const held = (cards: readonly KnownBlank[]): KnownBlank | undefined =>
  cards.find((card) => card.state === 'bound' && !card.refused);

/** The answer of a check, in words. */

import type { Code, KnownBlank, Verification } from '../../backend/bindings';
import { problem, sentence } from '../../i18n';
import { partialDate } from '../../shared/format';
import type { Tone } from '../../shared/tone';
import { words as cards } from '../blanks/words';
import { when } from '../people/when';
import { words } from './words';

export interface Told {
  tone: Tone;
  words: string;
  /** What to do now. */
  next?: string;
  /** How it was found out, and how old that knowledge is. */
  more?: string;
}

/** The list of devices the card was held against, and its age: without it nobody knows what the answer is worth. */
const list = (answer: { known_devices: number; listed_at?: number }): string =>
  answer.listed_at === undefined ? words.listNever : words.list({ count: answer.known_devices, at: when(answer.listed_at) });

/** A pre-printed card, by what this device knows of it. */
function blank(status: string, card: KnownBlank | undefined): Told {
  if (!card) return { tone: 'danger', words: problem(status) };
  const more = card.number;
  if (card.refused) return { tone: 'danger', words: cards.refusedCard, next: problem(card.refused), more };
  switch (status) {
    case 'blank':
      return { tone: 'good', words: cards.blankCard, next: cards.blankCardNext, more };
    case 'bound':
      return { tone: 'good', words: cards.boundCard, next: cards.boundCardNext, more };
    case 'used':
      return { tone: 'attention', words: cards.usedCard, next: cards.usedCardNext, more };
    default:
      return { tone: 'danger', words: status === 'void' ? cards.voidCard : cards.spoiledCard, next: cards.worthless, more };
  }
}

/** The code an answer is about. */
export const codeOf = (answer: Verification): Code | undefined =>
  answer.kind === 'other' ? undefined : answer.kind === 'blank_card' ? answer.card?.code : answer.code;

export function told(answer: Verification): Told {
  if (answer.kind === 'blank_card') return blank(answer.status, answer.card);
  if (answer.kind === 'other') return { tone: 'attention', words: sentence('code', answer.status) };
  if (answer.kind === 'code') {
    if (answer.status !== 'well_formed') return { tone: 'danger', words: sentence('code', answer.status) };
    if (answer.realm === 'demo') return { tone: 'attention', words: words.ofPractice };
    return { tone: 'good', words: words.wellFormed, next: words.wellFormedMore };
  }
  const issued = answer.issued ? words.issued({ day: partialDate(answer.issued) }) : '';
  const more = `${issued} ${list(answer)}`.trim();
  const standing = { words: sentence('code', answer.status), next: sentence('code-next', answer.status) };
  switch (answer.status) {
    case 'valid':
      return { tone: 'good', words: words.valid, next: words.validNext, more };
    case 'unknown_signer':
    case 'demo':
    case 'revoked_since':
      return { tone: 'attention', ...standing, more };
    case 'revoked':
      return { tone: 'danger', ...standing, more };
    case 'forged':
      return { tone: 'danger', ...standing, more: list(answer) };
  }
}

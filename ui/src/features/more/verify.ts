/** The answer of a check, in words. */

import type { Code, PoolCard, Verification } from '../../backend/bindings';
import { problem } from '../../i18n';
import { partialDate } from '../../shared/format';
import type { Tone } from '../../shared/tone';
import { words as cards } from '../cards/words';
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
  answer.listed_at === undefined ? words.listNever : words.list(answer.known_devices, when(answer.listed_at));

/** A pre-printed card, by what this device knows of it. */
function blank(status: string, card: PoolCard | undefined): Told {
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
  if (answer.kind === 'other') return { tone: 'attention', words: problem(answer.status) };
  if (answer.kind === 'code') {
    if (answer.status === 'code_mistyped') return { tone: 'danger', words: words.mistyped };
    if (answer.status !== 'well_formed') return { tone: 'danger', words: problem(answer.status) };
    if (answer.realm === 'demo') return { tone: 'attention', words: words.ofPractice };
    return { tone: 'good', words: words.wellFormed, next: words.wellFormedMore };
  }
  const issued = answer.issued ? words.issued(partialDate(answer.issued)) : '';
  const more = `${issued} ${list(answer)}`.trim();
  switch (answer.status) {
    case 'valid':
      return { tone: 'good', words: words.valid, next: words.validNext, more };
    case 'unknown_signer':
      return { tone: 'attention', words: words.unknownSigner, next: words.unknownSignerNext, more };
    case 'revoked':
      return { tone: 'danger', words: words.revoked, next: words.revokedNext, more };
    case 'demo':
      return { tone: 'attention', words: words.demo, next: words.demoNext, more };
    case 'forged':
      return { tone: 'danger', words: words.forged, next: words.forgedNext, more: list(answer) };
  }
}

/** The answer of a check, in words. */

import type { Verification } from '../../backend/bindings';
import { problem } from '../../i18n';
import { partialDate } from '../../shared/format';
import type { Tone } from '../../shared/tone';
import { words } from './words';

export interface Told {
  tone: Tone;
  words: string;
  more?: string;
}

export function told(answer: Verification): Told {
  if (answer.kind === 'code') {
    if (answer.status === 'code_mistyped') return { tone: 'danger', words: words.mistyped };
    if (answer.status !== 'well_formed') return { tone: 'danger', words: problem(answer.status) };
    if (answer.realm === 'demo') return { tone: 'attention', words: words.ofPractice };
    return { tone: 'good', words: words.wellFormed, more: words.wellFormedMore };
  }
  const issued = answer.issued ? words.issued(partialDate(answer.issued)) : '';
  const known = words.known(answer.known_devices);
  switch (answer.status) {
    case 'valid':
      return { tone: 'good', words: words.valid, more: `${issued} ${known}`.trim() };
    case 'unknown_signer':
      return { tone: 'attention', words: words.unknownSigner, more: known };
    case 'revoked':
      return { tone: 'danger', words: words.revoked, more: issued };
    case 'demo':
      return { tone: 'attention', words: words.demo };
    case 'forged':
      return { tone: 'danger', words: words.forged };
  }
}

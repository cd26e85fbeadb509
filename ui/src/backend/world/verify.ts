/** What the invented device says of a code or the text of a QR. */

import type { Code, KnownBlank, Verification } from '../bindings';
import { errorCode } from '../client';
import { ALPHABET, codeOf } from './records';

interface Around {
  now: number;
  /** A pre-printed card; throws why it is none. */
  card: (text: string) => KnownBlank;
  /** Somebody here has this code. */
  known: (code: Code) => boolean;
}

export function verify(text: string, { card, known: isKnown, now }: Around): Verification {
  const trimmed = text.trim();
  if (trimmed.startsWith('TNP1:') || /^P\d/.test(trimmed)) {
    try {
      const found = card(trimmed);
      return { kind: 'blank_card', status: found.state, card: found };
    } catch (error) {
      return { kind: 'blank_card', status: errorCode(error) };
    }
  }
  if (/^TN\w*:/.test(trimmed)) {
    const status = (['revoked', 'demo', 'forged', 'unknown_signer'] as const).find((each) => trimmed.includes(each)) ?? 'valid';
    const listed_at = now - 26 * 3600;
    const known = { kind: 'citizen_qr', status, ...(status === 'unknown_signer' ? { known_devices: 1 } : { known_devices: 4812, listed_at }) } as const;
    return status === 'forged' ? known : { ...known, code: codeOf(0, status === 'demo'), realm: status === 'demo' ? 'demo' : 'live', issued: '2026-11-21' };
  }
  if (trimmed.length > 24) return { kind: 'other', status: 'not_our_code' };
  const plain = trimmed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (plain.length !== 12) return { kind: 'code', status: 'code_length' };
  if ([...plain].some((each) => !ALPHABET.includes(each))) return { kind: 'code', status: 'code_character' };
  const code = plain.replace(/(....)(?=.)/g, '$1-');
  if (!isKnown(code)) return { kind: 'code', status: 'code_mistyped' };
  return { kind: 'code', status: 'well_formed', code, realm: code.startsWith('Z') ? 'demo' : 'live' };
}

import { afterEach, expect, it } from 'vitest';
import type { Verification } from '../../backend/bindings';
import { language } from '../../i18n';
import { told } from './verify';

afterEach(() => language.set('vi'));

const CASES: [Verification, string][] = [
  [{ kind: 'code', status: 'well_formed', code: '7KQ2-M4XA-9RTW', realm: 'live' }, 'good'],
  [{ kind: 'code', status: 'well_formed', code: 'ZZQ2-M4XA-9RTW', realm: 'demo' }, 'attention'],
  [{ kind: 'code', status: 'code_mistyped' }, 'danger'],
  [{ kind: 'code', status: 'code_length' }, 'danger'],
  [{ kind: 'other', status: 'not_our_code' }, 'attention'],
  [{ kind: 'blank_card', status: 'blank', card: { number: 'P0000-0012-62', state: 'blank', told: true } }, 'good'],
  [{ kind: 'blank_card', status: 'bound', card: { number: 'P0000-0012-62', state: 'bound', told: true, code: '7KQ2-M4XA-9RTW' } }, 'good'],
  [{ kind: 'blank_card', status: 'bound', card: { number: 'P0000-0012-62', state: 'bound', told: true, refused: 'card_bound' } }, 'danger'],
  [{ kind: 'blank_card', status: 'used', card: { number: 'P0000-0012-62', state: 'used', told: true } }, 'attention'],
  [{ kind: 'blank_card', status: 'spoiled', card: { number: 'P0000-0012-62', state: 'spoiled', told: true } }, 'danger'],
  [{ kind: 'blank_card', status: 'void', card: { number: 'P0000-0012-62', state: 'void', told: true } }, 'danger'],
  [{ kind: 'blank_card', status: 'card_other_team' }, 'danger'],
  [{ kind: 'citizen_qr', status: 'valid', known_devices: 4, listed_at: 1_790_000_000, issued: '2026-11-21' }, 'good'],
  [{ kind: 'citizen_qr', status: 'unknown_signer', known_devices: 0 }, 'attention'],
  [{ kind: 'citizen_qr', status: 'revoked', known_devices: 4, listed_at: 1_790_000_000 }, 'danger'],
  [{ kind: 'citizen_qr', status: 'revoked_since', known_devices: 4, listed_at: 1_790_000_000 }, 'attention'],
  [{ kind: 'citizen_qr', status: 'demo', known_devices: 4, listed_at: 1_790_000_000 }, 'attention'],
  [{ kind: 'citizen_qr', status: 'forged', known_devices: 4, listed_at: 1_790_000_000 }, 'danger'],
];

it.each(CASES)('%o is told as %s, differently from the others', (answer, tone) => {
  for (const each of ['vi', 'en'] as const) {
    language.set(each);
    expect(told(answer).tone).toBe(tone);
    expect(CASES.filter(([other]) => told(other).words === told(answer).words)).toHaveLength(1);
  }
});

it('a card is good only where its signature is', () => {
  expect(CASES.filter(([answer]) => told(answer).tone === 'good').map(([answer]) => answer.status)).toEqual(['well_formed', 'blank', 'bound', 'valid']);
});

it('every answer about a card says what to do next, and how old the list of devices is', () => {
  for (const each of ['vi', 'en'] as const) {
    language.set(each);
    const never = told({ kind: 'citizen_qr', status: 'unknown_signer', known_devices: 1 }).more;
    for (const [answer] of CASES.filter(([each]) => each.kind === 'citizen_qr')) {
      expect(told(answer).next).toMatch(/\S/);
      expect(told(answer).more === never).toBe(!('listed_at' in answer));
    }
  }
});

/** What the invented device reads from a card. */

import type { IdCardScan, Draft, DraftCheck } from '../bindings';
import { emptyDraft, PRACTICE, suggest, type Invented } from './people';
import { fail } from './records';

interface Around {
  practice: boolean;
  coordinator: boolean;
  check: (draft: Draft) => DraftCheck;
}

export function read(text: string, around: Around): IdCardScan {
  const empty = { found: true, draft: null, same_number: [] };
  // Telex left in the name, as a keyboard scanner behind an input method types it.
  if (/\b\w*(aa|ee|oo|dd|aw|ow)\w*\b/i.test(text.split('|')[2] ?? '')) {
    return { ...empty, reading: { status: 'error', kind: 'cccd', codes: ['input_method'], fields: {}, extra_fields: 0 } };
  }
  if (text.startsWith('vneid') || text.startsWith('00020')) {
    return { ...empty, reading: { status: 'not_a_card', kind: 'vneid', codes: [], fields: {}, extra_fields: 0 } };
  }
  const parts = text.split('|');
  if (parts.length < 6) return { ...empty, reading: { status: 'not_a_card', kind: 'unknown', codes: [], fields: {}, extra_fields: 0 } };
  const [pin = '', , name = '', birth = '', sex = '', address = '', issued = ''] = parts;
  const iso = (date: string) => (date.length === 8 ? `${date.slice(4)}-${date.slice(2, 4)}-${date.slice(0, 2)}` : date);
  return readPerson({ name, pin, birth: iso(birth), sex: sex === 'Nữ' ? 'female' : 'male', address, issued: iso(issued) || null, by: 'card', commune: '', teaches: '' }, around);
}

export function readPerson(person: Invented, { practice, coordinator, check }: Around): IdCardScan {
  const known = PRACTICE.some((each) => each.pin === person.pin);
  if (practice && person.pin.slice(6, 9) !== '999') fail('real_card');
  if (!practice && known && coordinator) fail('practice_person');
  const damaged = person.name === 'Nguyễn Thị Thu';
  const scanned = (value: string) => ({ value, source: 'scanned' as const });
  const draft: Draft = {
    ...emptyDraft(),
    name: damaged ? null : scanned(person.name), birth: scanned(person.birth), sex: scanned(person.sex),
    pin: scanned(person.pin), card_address: damaged ? null : scanned(person.address), issued: person.issued,
  };
  const checked = check(draft);
  const codes = [
    ...(damaged ? (['no_diacritics'] as const) : []),
    ...(checked.warnings.some((each) => each.code === 'sex_mismatch') ? (['sex_mismatch'] as const) : []),
  ];
  return {
    found: true,
    reading: {
      status: codes.length ? 'warning' : 'ok', kind: 'cccd', codes: [...codes],
      fields: { pin: person.pin, name: person.name, birth: { value: person.birth, precision: person.birth.length === 4 ? 'year' : 'day' }, sex: person.sex, address: person.address, ...(person.issued ? { issued: person.issued } : {}) },
      extra_fields: 0, commune: suggest(person.address),
    },
    draft,
    same_number: checked.same_number,
  };
}

/** What is still in the way of a form: the program's rules as far as the screens need them. */

import type { Draft, DraftCheck, Found, Household, Problem, Signer } from '../bindings';
import { suggest } from './people';

export interface Around {
  /** Seconds. */
  now: number;
  practice: boolean;
  sameNumber: (pin: string) => Found[];
  householdAt: (draft: Draft) => Household | null;
}

export function ageOf(birth: string, now: number): number {
  const today = new Date(now * 1000);
  const [year = 0, month = 12, day = 31] = birth.split('-').map(Number);
  const before = today.getMonth() + 1 < month || (today.getMonth() + 1 === month && today.getDate() < day);
  return today.getFullYear() - year - (before ? 1 : 0);
}

export const signersAt = (age: number): Signer[] =>
  age >= 16 ? ['myself'] : age >= 7 ? ['myself', 'representative'] : ['representative'];

const birthOk = (text: string) => /^\d{4}(-\d{2}){0,2}$/.test(text) && !Number.isNaN(Date.parse(text));

export function checkDraft(draft: Draft, around: Around): DraftCheck {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const add = (field: Problem['field'], code: string) => problems.push({ field, code });

  if (!draft.name?.value.trim()) add('name', 'missing');
  else if (/[\d<>{}=@]/.test(draft.name.value)) add('name', 'name_invalid');

  const birth = draft.birth?.value ?? '';
  let age: number | null = null;
  if (!birth) add('birth', 'missing');
  else if (!birthOk(birth)) add('birth', 'date_invalid');
  else {
    age = ageOf(birth, around.now);
    if (age < 0) add('birth', 'birth_in_future');
    if (age > 130) add('birth', 'birth_too_long_ago');
    age = Math.max(0, age);
  }

  if (!draft.sex) add('sex', 'missing');

  const pin = draft.pin?.value;
  if (draft.pin === null) {
    if (!draft.no_number && (age === null || age >= 14)) add('pin', 'missing');
  } else if (!/^\d{12}$/.test(pin ?? '')) add('pin', 'pin_invalid');
  else {
    if (draft.no_number) add('pin', 'number_and_no_number');
    if (draft.pin.source === 'by_heart') {
      if (!draft.pin_again) add('pin', 'type_twice');
      else if (draft.pin_again !== pin) add('pin', 'typed_differently');
    }
    if (around.practice && pin?.slice(6, 9) !== '999') add('pin', 'real_card');
    const third = Number(pin?.[3]);
    if (draft.sex && (draft.sex.value === 'male') !== (third % 2 === 0)) {
      warnings.push({ field: 'sex', code: 'sex_mismatch' });
    }
    const year = (third < 2 ? 1900 : 2000) + Number(pin?.slice(4, 6));
    if (birthOk(birth) && year !== Number(birth.slice(0, 4))) {
      warnings.push({ field: 'birth', code: 'birth_year_mismatch' });
    }
  }

  if (!draft.residence.commune) add('commune', 'missing');
  if (!draft.residence.group?.trim()) add('group', 'missing');
  if (draft.phone && !/^0[35789]\d{8}$/.test(draft.phone.number)) add('phone', 'phone_invalid');

  const { consent } = draft;
  if (consent.notice === null) add('consent', 'notice_not_shown');
  if (consent.account === null || consent.help === null || (draft.phone && consent.contact === null)) {
    add('consent', 'unanswered');
  }
  const signers = age === null ? [] : signersAt(age);
  if (signers.includes('representative') && !draft.representative) add('representative', 'missing');
  if (draft.representative) {
    if (!draft.representative.name.trim()) add('representative', 'name_invalid');
    if (!/^\d{12}$/.test(draft.representative.pin)) add('representative', 'pin_invalid');
    else if (draft.representative.pin === pin) add('representative', 'same_person');
  }
  for (const signer of signers) {
    const signature = consent.signatures.find((each) => each.signer === signer);
    if (!signature) {
      add('signature', signer === 'myself' ? 'own_signature_missing' : 'representative_signature_missing');
    } else if (signature.manner === 'drawn' && !signature.strokes?.length) add('signature', 'signature_empty');
    else if (signature.manner === 'witness' && signature.witness === null) add('signature', 'witness_missing');
  }

  return {
    problems: consent.account === false ? [] : problems,
    warnings,
    suggestion: draft.card_address ? suggest(draft.card_address.value) : null,
    age,
    signers,
    same_number: pin ? around.sameNumber(pin) : [],
    household: around.householdAt(draft),
  };
}

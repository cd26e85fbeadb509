/** The registrations that a world begins with. */

import type { Code, Draft, Reason, State } from '../bindings';
import { BackendError } from '../client';
import { emptyDraft, houseLine, invent, mix, pick, type Invented } from './people';

/** 23/11/2026 14:05 in Đà Nẵng: pictures of screens are the same every day. */
export const NOW = Date.UTC(2026, 10, 23, 7, 5) / 1000;
/** Of every person in the world. */
export const PIN = '246813';
export const HOUR = 3600;
export const DAY = 24 * HOUR;

export const STATES: readonly State[] = [
  'draft', 'queued', 'received', 'accepted', 'possible_duplicate', 'refused', 'withdrawn', 'discarded', 'quarantined',
];

export interface Rec {
  rid: string;
  code?: Code;
  state: State;
  name: string;
  person?: Invented;
  /** The content is no longer on the device. */
  gone: boolean;
  household: string | null;
  house: string;
  begun_at: number;
  saved_at?: number;
  received_at?: number;
  decided_at?: number;
  account?: string;
  reason?: Reason;
  revisions: number;
  changed_at: number;
  draft?: Draft;
}

/** Everything that a careless page would run, render or turn round. */
export const HOSTILE = [
  '<script>window.ran=1</script>', '<img src=x onerror="window.ran=1">', '=HYPERLINK("http://x","y")', '\u202Eevil\u202C',
  '"><svg onload=window.ran=1>', '{@html window.ran=1}', "javascript:window.ran=1//'", '${window.ran=1}{{7*7}}',
] as const;

export const hex = (n: number, length: number) => mix(n).toString(16).padStart(8, '0').repeat(4).slice(0, length);
export const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function codeOf(n: number, practice: boolean): Code {
  const text = (practice ? 'ZZ' : '7K') + Array.from({ length: 10 }, (_, i) => ALPHABET[mix(n * 16 + i) % 32]).join('');
  return text.replace(/(....)(?=.)/g, '$1-');
}

export const fold = (text: string) =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').replace(/['’]/g, '').toLowerCase();

export function fail(code: string, more: object = {}): never {
  throw new BackendError({ code, ...more });
}

export interface Kind {
  empty: boolean;
  /** 10,000 of them. */
  full: boolean;
  /** With payloads in what people wrote. */
  evil: boolean;
  coordinator: boolean;
}

/** The records a world begins with, newest last. */
export function beginning(kind: Kind): Rec[] {
  // Whoever coordinates rarely registers.
  if (kind.empty || (kind.coordinator && !kind.full)) return [];
  const counts: [State, number][] = kind.full
    ? [['accepted', 6200], ['received', 1900], ['discarded', 140], ['withdrawn', 60], ['possible_duplicate', 90], ['refused', 9], ['quarantined', 1], ['queued', 1600]]
    : [['accepted', 19], ['received', 8], ['discarded', 2], ['withdrawn', 1], ['possible_duplicate', 1], ['refused', 2], ['quarantined', 1], ['queued', 12]];
  const records: Rec[] = [];
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const span = kind.full ? 40 * DAY : 2 * DAY;
  for (const [state, count] of counts) {
    for (let k = 0; k < count; k++) records.push(record(records.length, total, span, state, kind.evil));
  }
  records.push(draftRecord(kind.evil));
  return records;
}

function record(n: number, total: number, span: number, state: State, evil: boolean): Rec {
  const person = invent(n);
  const name = evil ? pick(HOSTILE, n) : person.name;
  const home = Math.floor(n / 3);
  // Doors open between half past seven and two.
  const days = ((total - 1 - n) / total) * (span / DAY);
  const at = NOW - 600 - Math.floor(days) * DAY - Math.floor((days % 1) * 6.3 * HOUR);
  const gone = state === 'discarded' || (state === 'accepted' && n % 3 === 0) || (state === 'refused' && n % 2 === 1);
  const record: Rec = {
    rid: hex(n + 7, 32), state, name, person: evil ? { ...person, name, address: pick(HOSTILE, n + 2) } : person, gone,
    household: hex(home + 900_000, 32), house: evil ? pick(HOSTILE, n + 1) : houseLine(home),
    begun_at: at - 120, saved_at: at, revisions: state === 'refused' ? 2 : 1, changed_at: at,
  };
  if (state !== 'discarded') record.code = codeOf(n, false);
  if (['received', 'accepted', 'possible_duplicate', 'refused'].includes(state)) record.received_at = at + 900;
  if (['accepted', 'possible_duplicate', 'refused'].includes(state)) record.decided_at = at + 2400;
  if (state === 'accepted') record.account = `DN-${String(100_000 + n)}`;
  if (state === 'refused') record.reason = pick<Reason>([{ field: 'birth', code: 'birth_mismatch' }, { field: 'sex', code: 'sex_mismatch' }], n);
  return record;
}

function draftRecord(evil: boolean): Rec {
  const name = evil ? HOSTILE[4] : 'Phan Văn Cường';
  return {
    rid: hex(1_234_567, 32), state: 'draft', name, gone: false, household: hex(1, 32), house: '', begun_at: NOW - 1500,
    revisions: 0, changed_at: NOW - 1500,
    draft: { ...emptyDraft(), name: { value: name, source: 'typed' }, household: hex(1, 32) },
  };
}

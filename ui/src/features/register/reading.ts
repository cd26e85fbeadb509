/** What a picture or a scanner's text turned out to be, for the page that takes cards. */

import type { IdCardScan, Draft } from '../../backend/bindings';

export type Taken =
  /** It fills a form; the codes are worth saying beside it. */
  | { kind: 'card'; draft: Draft; codes: readonly string[] }
  /** There is no code in the picture. */
  | { kind: 'nothing' }
  /** It cannot be used, for these reasons. */
  | { kind: 'refused'; codes: readonly string[] };

/** Warnings that the check of the form says again, beside the field they are about. */
const SAID_BY_CHECK: ReadonlySet<string> = new Set(['sex_mismatch', 'birth_year_mismatch', 'place_code_unknown']);

export function taken(scan: IdCardScan): Taken {
  const { reading, draft } = scan;
  if (!scan.found || !reading) return { kind: 'nothing' };
  if (draft) return { kind: 'card', draft, codes: reading.codes.filter((code) => !SAID_BY_CHECK.has(code)) };
  if (reading.status === 'not_a_card') {
    const named = reading.kind === 'vneid' || reading.kind === 'health_insurance' || reading.kind === 'personal_qr';
    return { kind: 'refused', codes: [named ? reading.kind : 'not_a_card'] };
  }
  return { kind: 'refused', codes: reading.codes };
}

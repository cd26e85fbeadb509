/** Who can be on a sheet of cards. */

import type { Found, State } from '../../backend/bindings';

/** Cards on one sheet of A4. */
export const SHEET = 10;

/** States in which somebody has a code to carry. */
export const WITH_CODE: State[] = ['queued', 'received', 'accepted', 'possible_duplicate', 'refused', 'quarantined'];

export const hasCard = (found: Found): boolean => Boolean(found.code) && WITH_CODE.includes(found.state);

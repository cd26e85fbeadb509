/** The counts of a device as lines, and whether nothing is missing. */

import type { Queue, State } from '../../backend/bindings';

/** In the order in which people ask: what waits, what needs them, what is on its way, what is done. */
export const ORDER: readonly State[] = [
  'queued', 'refused', 'quarantined', 'draft', 'received', 'possible_duplicate', 'accepted', 'withdrawn', 'discarded',
];

export interface Line {
  state: State;
  count: number;
}

/** States that hold something. */
export const lines = (queue: Queue): Line[] =>
  ORDER.map((state) => ({ state, count: queue.by_state[state] ?? 0 })).filter((line) => line.count > 0);

/** All that is counted, in whatever state. */
export const counted = (queue: Queue): number => Object.values(queue.by_state).reduce((sum, count) => sum + count, 0);

/** Both the program and the window's own sum must agree. */
export const addsUp = (queue: Queue): boolean => queue.conservation && counted(queue) === queue.begun;

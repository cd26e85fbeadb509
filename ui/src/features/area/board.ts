/** What the board of a commune says, as figures and in the order in which somebody has to act. */

import type { BoardFigures, BoardTablet } from '../../backend/bindings';

/** Seconds after which a tablet counts as silent. */
export const SILENT_AFTER = 3 * 24 * 3600;
/** Seconds of a wrong clock that are worth a word. */
const CLOCK_OFF = 10 * 60;

/** A tablet that was revoked owes no call. */
export const isSilent = (tablet: BoardTablet, now: number): boolean =>
  !tablet.revoked && (tablet.last_contact === null || now - tablet.last_contact > SILENT_AFTER);

/** Never heard of first, then the longest silence; revoked ones last. */
export function silentFirst(tablets: readonly BoardTablet[]): BoardTablet[] {
  const order = (tablet: BoardTablet) => tablet.last_contact ?? -Infinity;
  return [...tablets].sort(
    (a, b) => Number(a.revoked) - Number(b.revoked) || (order(a) === order(b) ? a.device - b.device : order(a) - order(b)),
  );
}

export interface Summary {
  silent: number;
  unsent: number;
  oldestUnsent: number | undefined;
  refused: number;
  received: number;
}

export function summary(board: BoardFigures, now: number): Summary {
  const oldest = board.devices.flatMap((tablet) => tablet.oldest_unsent ?? []);
  return {
    silent: board.devices.filter((tablet) => isSilent(tablet, now)).length,
    unsent: board.devices.reduce((sum, tablet) => sum + (tablet.unsent ?? 0), 0),
    oldestUnsent: oldest.length > 0 ? Math.min(...oldest) : undefined,
    refused: board.refused,
    received: board.received,
  };
}

export const RESULTS = ['accepted', 'waiting', 'held', 'possible_duplicate', 'refused', 'withdrawn', 'unreadable'] as const;
export type Result = (typeof RESULTS)[number];

export interface Share {
  result: Result;
  count: number;
  /** Percent of all shares. */
  part: number;
}

export function shares(board: BoardFigures): Share[] {
  const all = RESULTS.reduce((sum, result) => sum + board[result], 0);
  return RESULTS.map((result) => ({ result, count: board[result], part: all > 0 ? (100 * board[result]) / all : 0 }));
}

/** Minutes that a tablet's clock is off, where it matters. */
export function clockOff(tablet: BoardTablet): number | undefined {
  const seconds = Math.abs(tablet.clock_ahead ?? 0);
  return seconds >= CLOCK_OFF ? Math.round(seconds / 60) : undefined;
}

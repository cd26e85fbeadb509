/** What the board of a commune says, as figures and in the order in which somebody has to act. */

import type { Board, BoardDevice } from '../../backend/bindings';

/** Seconds after which a tablet counts as silent. */
export const SILENT_AFTER = 3 * 24 * 3600;
/** Seconds of a wrong clock that are worth a word. */
const CLOCK_OFF = 10 * 60;

/** A tablet that was revoked owes no call. */
export const isSilent = (tablet: BoardDevice, now: number): boolean =>
  !tablet.revoked && (tablet.last_contact === null || now - tablet.last_contact > SILENT_AFTER);

/** Never heard of first, then the longest silence; revoked ones last. */
export function silentFirst(tablets: readonly BoardDevice[]): BoardDevice[] {
  const order = (tablet: BoardDevice) => tablet.last_contact ?? -Infinity;
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

export function summary(board: Board, now: number): Summary {
  const oldest = board.devices.flatMap((tablet) => tablet.oldest_unsent ?? []);
  return {
    silent: board.devices.filter((tablet) => isSilent(tablet, now)).length,
    unsent: board.devices.reduce((sum, tablet) => sum + (tablet.unsent ?? 0), 0),
    oldestUnsent: oldest.length > 0 ? Math.min(...oldest) : undefined,
    refused: board.registrations.refused,
    received: board.registrations.received,
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

export function shares({ registrations: counts }: Board): Share[] {
  const all = RESULTS.reduce((sum, result) => sum + counts[result], 0);
  return RESULTS.map((result) => ({ result, count: counts[result], part: all > 0 ? (100 * counts[result]) / all : 0 }));
}

/** Minutes that a tablet's clock is off, where it matters. */
export function clockOff(tablet: BoardDevice): number | undefined {
  const seconds = Math.abs(tablet.clock_ahead ?? 0);
  return seconds >= CLOCK_OFF ? Math.round(seconds / 60) : undefined;
}

/** What the gateway noticed about a tablet. `gap` are numbers of one epoch that never came, or not yet. */
export type Flag = { kind: 'gap'; epoch: number; from: number; to: number } | { kind: 'forgot'; count: number; missing: number } | { kind: 'cloned' | 'chain_broken' | 'foreign_code' } | { kind: 'other'; text: string };

/** A flag as it travels: `cloned`, `chain_broken`, `foreign_code`, `forgot:LOST:MISSING`, or `gap:EPOCH:FROM-TO`. */
export function flag(text: string): Flag {
  const [, epoch, from, to] = /^gap:(\d+):(\d+)-(\d+)$/.exec(text) ?? [];
  if (epoch !== undefined) return { kind: 'gap', epoch: Number(epoch), from: Number(from), to: Number(to) };
  const [, lost, missing] = /^forgot:(\d+):(\d+)$/.exec(text) ?? [];
  if (lost !== undefined) return { kind: 'forgot', count: Number(lost), missing: Number(missing) };
  return text === 'cloned' || text === 'chain_broken' || text === 'foreign_code' ? { kind: text } : { kind: 'other', text };
}

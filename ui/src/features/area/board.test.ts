import { describe, expect, it } from 'vitest';
import type { Board, BoardCounts, BoardDevice } from '../../backend/bindings';
import { clockOff, flag, isSilent, shares, SILENT_AFTER, silentFirst, summary } from './board';

const NOW = 1_800_000_000;
const tablet = (device: number, more: Partial<BoardDevice> = {}): BoardDevice => ({
  device, team: `Tổ ${device}`, last_contact: NOW, oldest_unsent: null, unsent: 0, by_state: {}, clock_ahead: 0,
  program: '1', secret: 'keyring', fingerprint: null, flags: [], revoked: false, ...more,
});
const board = (devices: BoardDevice[], more: Partial<BoardCounts> = {}): Board => ({
  commune: '20242', time: NOW, devices, refusals: [], pools: [],
  registrations: { received: 0, waiting: 0, held: 0, accepted: 0, possible_duplicate: 0, refused: 0, withdrawn: 0, unreadable: 0, ...more },
});

describe('tablets', () => {
  it('stand silent first: never heard of, then the longest silence, revoked last', () => {
    const order = silentFirst([
      tablet(1, { last_contact: NOW - 10 }),
      tablet(2, { last_contact: NOW - 9 * 86_400, revoked: true }),
      tablet(3, { last_contact: NOW - 5 * 86_400 }),
      tablet(4, { last_contact: null }),
      tablet(5, { last_contact: NOW - 10 }),
    ]);
    expect(order.map((each) => each.device)).toEqual([4, 3, 1, 5, 2]);
  });

  it('are silent after three days, not at three days', () => {
    expect(isSilent(tablet(1, { last_contact: NOW - SILENT_AFTER }), NOW)).toBe(false);
    expect(isSilent(tablet(1, { last_contact: NOW - SILENT_AFTER - 1 }), NOW)).toBe(true);
    expect(isSilent(tablet(1, { last_contact: null }), NOW)).toBe(true);
    expect(isSilent(tablet(1, { last_contact: null, revoked: true }), NOW)).toBe(false);
  });

  it('say a wrong clock only where it matters, in either direction', () => {
    expect(clockOff(tablet(1, { clock_ahead: 599 }))).toBeUndefined();
    expect(clockOff(tablet(1, { clock_ahead: -5400 }))).toBe(90);
  });
});

it('the figures add up the tablets and name the oldest', () => {
  const sums = summary(
    board([tablet(1, { unsent: 4, oldest_unsent: NOW - 50 }), tablet(2, { unsent: null }), tablet(3, { unsent: 3, oldest_unsent: NOW - 90 })], {
      refused: 2, received: 70,
    }),
    NOW,
  );
  expect(sums).toEqual({ silent: 0, unsent: 7, oldestUnsent: NOW - 90, refused: 2, received: 70 });
});

it('shares of an empty commune are nothing, otherwise a whole', () => {
  expect(shares(board([])).every((share) => share.part === 0)).toBe(true);
  const sum = shares(board([], { accepted: 30, waiting: 9, refused: 1 })).reduce((all, share) => all + share.part, 0);
  expect(sum).toBeCloseTo(100);
});

it('reads the flags of a gateway as they travel, and keeps what it does not know', () => {
  expect(['cloned', 'forgot:3:1', 'gap:1:4-5', 'gap:x', 'brand_new'].map(flag)).toEqual([
    { kind: 'cloned' },
    { kind: 'forgot', count: 3, missing: 1 },
    { kind: 'gap', epoch: 1, from: 4, to: 5 },
    { kind: 'other', text: 'gap:x' },
    { kind: 'other', text: 'brand_new' },
  ]);
});

/** The coordinator's board of the invented world. */

import type { Board, BoardDevice } from '../bindings';
import { pools } from './blanks';
import { mix, pick } from './people';
import { codeOf, DAY, hex, HOSTILE, HOUR, NOW, type Kind } from './records';

export function board(commune: string, { empty, full, evil }: Pick<Kind, 'empty' | 'full' | 'evil'>): Board {
  const tablet = (device: number, team: string, contact: number | null, unsent: number, oldest: number | null, refused: number, more: Partial<BoardDevice> = {}): BoardDevice => ({
    device, team: evil ? pick(HOSTILE, device) : team, last_contact: contact, oldest_unsent: oldest, unsent, by_state: { queued: unsent, received: 4, accepted: 120 + device, refused },
    clock_ahead: 0, program: '1.0.0', secret: 'keyring', flags: [], revoked: false, ...more,
  });
  const other = commune !== '20242';
  const devices = empty
    ? []
    : other
      ? [tablet(81, 'Tổ CNS 3 An Hải', NOW - 1800, 0, null, 0), tablet(82, 'Tổ CNS 4 An Hải', NOW - 90, 3, NOW - 600, 1)]
      : [
          tablet(31, 'Tổ CNS 31', NOW - 4 * DAY - 2 * HOUR, 23, NOW - 4 * DAY, 0, { program: '0.9.8' }),
          tablet(44, 'Tổ CNS 44', null, 0, null, 0, { by_state: {}, unsent: null, program: null, secret: null }),
          tablet(7, 'Tổ CNS 07', NOW - 3 * DAY - HOUR, 11, NOW - 3 * DAY - 4 * HOUR, 1, { flags: ['cloned', 'chain_broken'], secret: evil ? 'file' : 'keyring' }),
          tablet(12, 'Tổ CNS 12', NOW - 20 * HOUR - 45 * 60, 13, NOW - 6 * HOUR, 1, { secret: 'file' }),
          tablet(15, 'Tổ CNS 15', NOW - 4 * HOUR, 0, null, 0),
          tablet(22, 'Tổ CNS 22', NOW - 3 * HOUR - 24 * 60, 0, null, 2, { clock_ahead: 5400, flags: ['gap:1:4-5'] }),
          tablet(3, 'Tổ CNS 03', NOW - 120, 0, null, 0),
          tablet(9, 'Tổ CNS 09', NOW - 9 * DAY, 0, null, 0, { revoked: true }),
        ];
  if (full) {
    for (let n = 100; n < 400; n++) devices.push(tablet(n, `Tổ CNS ${n}`, NOW - (mix(n) % DAY), mix(n) % 9, mix(n) % 9 ? NOW - (mix(n) % DAY) - 300 : null, mix(n) % 5 ? 0 : 1));
  }
  const refusals = devices.flatMap((each) =>
    Array.from({ length: each.by_state['refused'] ?? 0 }, (_, i) => ({
      rid: hex(each.device * 10 + i, 32), code: codeOf(each.device * 10 + i, false), device: each.device, team: each.team, since: NOW - (i + 1) * 5 * HOUR - (each.device % 7) * DAY,
    })),
  );
  const accepted = devices.reduce((sum, each) => sum + (each.by_state['accepted'] ?? 0), 0);
  const waiting = devices.length * 4;
  const some = devices.length > 0;
  return {
    commune, time: NOW,
    registrations: {
      accepted, waiting, held: some ? 2 : 0, possible_duplicate: some ? 3 : 0, refused: refusals.length, withdrawn: some ? 5 : 0, unreadable: some ? 1 : 0,
      received: accepted + waiting + (some ? 11 : 0) + refusals.length,
    },
    devices, refusals, pools: some && !other ? pools((team, n) => (evil ? pick(HOSTILE, n) : team)) : [],
  };
}

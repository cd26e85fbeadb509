/** From the reason why sending ended to what the top line says: the one table of it. The whole sentence and the way on are the
 * code's own, in `messages/codes/error.json`, on the page *Chờ gửi*. */

/** What a reason is about. Only the first says that there is no network. */
export type Way = 'network' | 'portal' | 'line' | 'city' | 'update' | 'ward' | 'disk' | 'device';

const WAYS: Readonly<Record<string, Way>> = {
  unreachable: 'network',
  too_slow: 'network',
  captive_portal: 'portal',
  // Somebody on the way is not the city: another network is the way on.
  untrusted: 'line',
  answer_altered: 'line',
  answer_mismatch: 'line',
  busy: 'city',
  server_error: 'city',
  no_progress: 'city',
  upgrade_needed: 'update',
  too_large: 'ward',
  stepped_over: 'ward',
  revoked: 'ward',
  unauthorised: 'ward',
  forbidden: 'ward',
  malformed: 'ward',
  disk_full: 'disk',
};

/** Reasons that are nobody's trouble: nothing is in the way of data. */
const NONE: ReadonlySet<string> = new Set(['paused', 'demo_has_no_gateway', 'not_enrolled']);

/** What a code is about; `null` where nothing is in the way. What is not named is this device's own trouble. */
export const wayOf = (code: string): Way | null => (NONE.has(code) ? null : (WAYS[code] ?? 'device'));

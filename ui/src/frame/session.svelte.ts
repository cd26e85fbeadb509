/** Who works on the device: what the frame shows of it, handing it over, locking by itself. */

import type { AppState } from '../backend/bindings';
import { call, errorCode } from '../backend/client';
import { device } from '../backend/device.svelte';
import { problem, t } from '../i18n';
import { day, instant } from '../shared/format';
import { status } from '../shared/status.svelte';
import { wayOf } from './reasons';
import { router } from './router.svelte';
import { shell, type Truth } from './shell.svelte';

/** Without a touch or a key for so long the device locks itself. */
export const IDLE_MS = 3 * 60_000;

/** More communes than this are not listed in the top line: a practice device has all of them. */
const FEW = 3;

/** The truth about data in one sentence: the network, what waits, that it is safe. */
export function truthOf({ sync, clock_wrong }: AppState): Truth {
  const waiting = sync.unsent > 0 ? t.truth.waiting({ waiting: sync.unsent }) : t.truth.nothingWaiting;
  const say = (...parts: string[]) => {
    const line = parts.join(' · ');
    return line.charAt(0).toUpperCase() + line.slice(1);
  };
  if (clock_wrong !== null) {
    const words = say(t.truth.clockWrong({ shown: day(instant(clock_wrong)) }), waiting);
    return { words, tone: 'attention', icon: 'clock' };
  }
  const way = sync.reason === null ? null : wayOf(sync.reason);
  if (way !== null) {
    return { words: say(t.truth.ways[way], waiting, t.truth.safe), tone: 'attention', icon: way === 'network' ? 'offline' : 'portal' };
  }
  if (sync.running && sync.unsent > 0) {
    return { words: say(t.truth.online, waiting, t.truth.safe), tone: 'good', icon: 'sending' };
  }
  // Nothing was sent since the start: whether there is a network is not known, and nothing is said about it.
  if (sync.last_contact === null) {
    return { words: say(waiting, t.truth.safe), tone: sync.unsent > 0 ? 'attention' : 'good', icon: 'clock' };
  }
  return { words: say(t.truth.online, waiting), tone: 'good', icon: 'online' };
}

class Session {
  /** The device locked itself; the sign-in screen says so. */
  lockedItself = $state(false);
  /** The screen in front takes its time to be read (the notice): no lock by itself. */
  reading = $state(false);
  #names = $state.raw<ReadonlyMap<string, string>>(new Map());

  /** Writes what the frame shows; call it from an `$effect`. */
  feed(state: AppState): void {
    shell.role = state.role;
    shell.practice = state.realm === 'demo';
    shell.truth = state.phase === 'new' ? undefined : truthOf(state);
    const few = state.communes.length <= FEW ? state.communes : [];
    const communes = few.map((code) => this.#names.get(code)).filter(Boolean);
    shell.who = state.operator ? { name: state.operator.name, of: [state.team, ...communes].join(', ') } : undefined;
    shell.onSwitch = state.phase === 'open' && state.people.length > 0 ? () => void this.lock() : undefined;
  }

  /** Names of communes for the top line. */
  async nameCommunes(): Promise<void> {
    try {
      const communes = await call('communes', null);
      this.#names = new Map(communes.filter((each) => each.own).map((each) => [each.code, each.name]));
    } catch {
      // The line names the team alone.
    }
  }

  /** *Đổi người*. The form in front is kept first; where that fails nothing is locked, and the form says why. */
  async lock(byItself = false): Promise<void> {
    if (device.state?.phase !== 'open' || !(await router.settle())) return;
    try {
      const state = await call('lock', null);
      this.lockedItself = byItself;
      device.hear(state);
      // Nobody's form stays in memory behind the lock.
      await router.start('today');
    } catch (error) {
      status.say(problem(errorCode(error)), 'danger');
    }
  }
}

export const session = new Session();

/** Calls `idle` after a while without a touch or a key, unless somebody reads. Fits `$effect`. */
export function watchIdle(idle: () => void, after = IDLE_MS): () => void {
  let last = performance.now();
  const moved = () => {
    last = performance.now();
  };
  const kinds = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;
  for (const kind of kinds) window.addEventListener(kind, moved, { passive: true, capture: true });
  const timer = setInterval(
    () => {
      if (session.reading) moved();
      else if (performance.now() - last >= after) {
        moved();
        idle();
      }
    },
    Math.min(1000, after),
  );
  return () => {
    clearInterval(timer);
    for (const kind of kinds) window.removeEventListener(kind, moved, { capture: true });
  };
}

/** How the device stands: asked once, then told by the program. Feeds what the frame shows. */

import type { AppState } from '../backend/bindings';
import { call, on } from '../backend/client';
import { t } from '../i18n';
import { router } from './router.svelte';
import { shell, type Truth } from './shell.svelte';

/** Without a press for so long the device locks itself. */
export const IDLE_MS = 3 * 60_000;

/** The truth about data in one sentence: network, what waits, that it is safe. */
export function truthOf(state: AppState): Truth {
  const { running, unsent, reason } = state.sync;
  const waiting = unsent > 0 ? t.truth.waiting(unsent) : t.truth.nothingWaiting;
  const say = (...parts: string[]) => parts.join(' · ');
  if (reason === 'captive_portal') {
    return { words: say(t.truth.portal, waiting, t.truth.safe), tone: 'attention', icon: 'portal' };
  }
  if (reason) return { words: say(t.truth.offline, waiting, t.truth.safe), tone: 'attention', icon: 'offline' };
  if (running && unsent > 0) return { words: say(t.truth.online, waiting, t.truth.safe), tone: 'good', icon: 'sending' };
  // No run has answered yet: whether there is a network is not known.
  if (state.sync.last_contact === null) {
    return { words: say(waiting, t.truth.safe), tone: unsent > 0 ? 'attention' : 'good', icon: 'clock' };
  }
  return { words: unsent > 0 ? say(t.truth.online, waiting) : say(t.truth.online, waiting), tone: 'good', icon: 'online' };
}

class Device {
  /** Absent until the program answered. */
  state = $state.raw<AppState>();
  /** Why it did not answer. */
  failed = $state<string>();
  /** It locked itself; the sign-in screen says so. */
  lockedItself = $state(false);
  /** The screen in front says that reading takes its time (the notice): no lock by itself. */
  reading = $state(false);
  #communes = $state.raw<ReadonlyMap<string, string>>(new Map());

  /** Starts listening; fits `$effect`. */
  listen(): () => void {
    const stop = on('state', (payload) => this.take(payload as AppState));
    call('state', null).then(
      (state) => this.take(state),
      (error: { code?: string }) => (this.failed = error.code ?? 'internal'),
    );
    return stop;
  }

  take(state: AppState): void {
    const opened = this.state?.phase !== 'open' && state.phase === 'open';
    const changedWorld = this.state !== undefined && this.state.realm !== state.realm;
    this.state = state;
    shell.role = state.role;
    shell.practice = state.realm === 'demo';
    if (opened || changedWorld) this.lockedItself = false;
    if (opened) void this.#nameCommunes();
  }

  async #nameCommunes(): Promise<void> {
    try {
      const all = await call('communes', null);
      this.#communes = new Map(all.map((commune) => [commune.code, commune.name]));
    } catch {
      // The line shows the team alone.
    }
  }

  communeName(code: string): string {
    return this.#communes.get(code) ?? '';
  }

  /** `Tổ CNS 12, Phường Hải Châu`. */
  get team(): string {
    const state = this.state;
    if (!state) return '';
    return [state.team, ...state.communes.map((code) => this.communeName(code))].filter(Boolean).join(', ');
  }

  /** *Đổi người*: the form in front is kept first; where it cannot be, nothing is locked and the screen says why. */
  async lock(byItself = false): Promise<void> {
    if (this.state?.phase !== 'open') return;
    if (!(await router.start(router.current.name === 'more' ? 'more' : 'today'))) return;
    const state = await call('lock', null);
    this.lockedItself = byItself;
    this.take(state);
  }
}

export const device = new Device();

/** Calls `idle` after {@link IDLE_MS} without a touch or a key, unless somebody reads. Fits `$effect`. */
export function watchIdle(idle: () => void, after = IDLE_MS): () => void {
  let last = performance.now();
  const moved = () => (last = performance.now());
  const kinds = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;
  for (const kind of kinds) window.addEventListener(kind, moved, { passive: true, capture: true });
  const timer = setInterval(() => {
    if (device.reading) moved();
    else if (performance.now() - last >= after) {
      moved();
      idle();
    }
  }, Math.min(1000, after));
  return () => {
    clearInterval(timer);
    for (const kind of kinds) window.removeEventListener(kind, moved, { capture: true });
  };
}

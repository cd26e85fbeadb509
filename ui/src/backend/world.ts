/**
 * The world that the window works in where there is no program around it, chosen by `?world=`: `volunteer`, `coordinator`
 * or `practice`, with any of empty, full (10,000 records), offline, portal, paused, error, slow, alarm, hostile, locked,
 * new, revoked, weak behind hyphens: `?world=volunteer-full`, `?world=coordinator-offline`. `lang`, `theme` and `hand`
 * say how it looks.
 */

import { look, type Hand, type Theme } from '../frame/look.svelte';
import { router } from '../frame/router.svelte';
import { language, type Language } from '../i18n';
import { World } from './world/world';

export { HOSTILE, NOW, PIN } from './world/records';
export { World } from './world/world';

export function worldOf(search: string): World {
  const asked = new URLSearchParams(search);
  const world = new World(asked.get('world') ?? 'volunteer');
  const theme = (asked.get('theme') ?? 'light') as Theme;
  const hand = (asked.get('hand') ?? 'right') as Hand;
  world.look = { theme, indoors: 'light', hand, language: (asked.get('lang') ?? 'vi') as Language };
  // For whoever walks the screens from outside (ui/tools/screens.js).
  Object.assign(globalThis, { walk: { world, router, look, language } });
  return world;
}

/** Opens the stage that the page's address asks for: `?story=volunteer-offline`; `lang`, `theme` and `hand` say how it looks. */

import { look, type Hand, type Theme } from '../frame/look.svelte';
import { router } from '../frame/router.svelte';
import { language, type Language } from '../i18n';
import { Stage } from './stage';

/** Where a page that is loaded again finds its stage. */
const KEPT = 'stage';

/** The stage of this tab, if it plays this story and is still there; else a new one. */
async function stageOf(story: string): Promise<Stage> {
  // The rule protects residents; this file is not in the shipped window, and what is kept is an address of a moment.
  /* eslint-disable no-restricted-globals */
  const [kept, address] = sessionStorage.getItem(KEPT)?.split(' ') ?? [];
  const again = kept === story && address ? await Stage.again(address) : undefined;
  const stage = again ?? (await Stage.open(story));
  sessionStorage.setItem(KEPT, `${story} ${stage.address}`);
  return stage;
}

/** For whoever develops: a page that is loaded again goes on where it was. `fresh` begins anew, for walks and pictures. */
export async function play(search: string): Promise<Stage> {
  const asked = new URLSearchParams(search);
  const story = asked.get('story') ?? 'practice';
  const stage = asked.has('fresh') ? await Stage.open(story) : await stageOf(story);
  // For whoever walks the screens from outside (ui/tools/screens.js).
  Object.assign(globalThis, { walk: { stage, router, look, language } });
  // The program keeps how it looks and gives it back at the start: what only the page knew would be undone by that.
  await stage.call('set_look', {
    theme: (asked.get('theme') ?? 'light') as Theme,
    indoors: 'light',
    hand: (asked.get('hand') ?? 'right') as Hand,
    language: (asked.get('lang') ?? 'vi') as Language,
  });
  return stage;
}

/** Turns a room of the catalogue (`messages/window/*.json`) into words that follow the chosen language. */

import { language, type Language } from './language.svelte';
import { isPattern, pattern } from './pattern';

/** One sentence of the catalogue in both languages. */
export interface Sentence {
  readonly vi: string;
  readonly en: string;
}

/** What a room's file must hold for the words `W` (generated from the same file: `./catalogue.ts`). */
export type Room<W> = { readonly [K in keyof W]: W[K] extends string | ((...of: never[]) => string) ? Sentence : Room<W[K]> };

interface Data {
  readonly [key: string]: Sentence | Data;
}

const isSentence = (data: Sentence | Data): data is Sentence => typeof data['vi'] === 'string';

function built(data: Sentence | Data, of: Language): unknown {
  if (isSentence(data)) return isPattern(data[of]) || isPattern(data.vi) ? pattern(data[of], of) : data[of];
  return Object.fromEntries(Object.entries(data).map(([key, each]) => [key, built(each, of)]));
}

/** The words of a room in one language, whatever the window speaks: what a resident signs is always Vietnamese. */
export function wordsIn<W extends object>(of: Language, room: Room<W>): W {
  return built(room as Data, of) as W;
}

/**
 * The words of a room in the language of the window. A feature has its own beside its screens:
 *
 *     import room from '../../../../messages/window/search.json';
 *     export const words = messages<Rooms['search']>(room);
 *
 * Read them where they are shown (`words.title`, `words.found({ count })`), not into constants, or they stay in the
 * language of that moment.
 */
export function messages<W extends object>(room: Room<W>): W {
  const spoken: Partial<Record<Language, W>> = {};
  const shown = {} as W;
  for (const key of Object.keys(room) as (keyof W)[]) {
    Object.defineProperty(shown, key, {
      enumerable: true,
      get: () => (spoken[language.current] ??= wordsIn(language.current, room))[key],
    });
  }
  return shown;
}

/** The word for a name that the types do not know. One without a word, as a newer program may send it, is shown as it is. */
export function named(words: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(words, name) ? (words[name] ?? name) : name;
}

/** The language of the window. The program keeps it with the rest of the look (`frame/look.svelte.ts`). */

export type Language = 'vi' | 'en';

class LanguageChoice {
  current = $state<Language>('vi');

  set(language: Language): void {
    this.current = language;
    document.documentElement.lang = language;
  }
}

export const language = new LanguageChoice();

type Message = string | ((...values: never[]) => string);
export interface Messages {
  [key: string]: Message | Messages;
}

/**
 * Makes messages follow the chosen language. Vietnamese is the source of the type: an English message that is missing,
 * too many, or takes other values does not compile. A feature keeps its own beside its screens:
 *
 *     export const words = messages({ title: 'Hôm nay', houses: (n: number) => `${n} nhà` }, { title: 'Today', ... });
 *
 * Read them where they are shown (`words.title`), not into constants, or they stay in the language of that moment.
 */
export function messages<M extends object>(vi: M, en: NoInfer<M>): Readonly<M> {
  const shown = {} as M;
  for (const key of Object.keys(vi) as (keyof M)[]) {
    Object.defineProperty(shown, key, { enumerable: true, get: () => (language.current === 'vi' ? vi : en)[key] });
  }
  return shown;
}

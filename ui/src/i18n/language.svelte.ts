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

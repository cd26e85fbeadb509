import { en } from './en';
import { language, messages } from './language.svelte';
import { vi } from './vi';

export { language, messages, type Language } from './language.svelte';

/** Messages that belong to no single feature. */
export const t = messages(vi, en);

/**
 * The sentence for a stable code of the program: an error, a problem of a field, a warning of the card, a reason of
 * refusal. A code nobody wrote a sentence for is named, so that support can be told over the phone.
 */
export function problem(code: string): string {
  const known: Record<string, string> = language.current === 'vi' ? vi.problems : en.problems;
  return Object.hasOwn(known, code) ? (known[code] ?? t.unknownProblem(code)) : t.unknownProblem(code);
}

/** Whether a code has a sentence of its own. */
export function hasSentence(code: string): boolean {
  return Object.hasOwn(vi.problems, code);
}

import { hasSentence, problem } from '../../i18n';

/** Why the city refused, in a sentence. Some codes are warnings of a card too, and say something else there. */
export function refusal(code: string): string {
  const own = `refused_${code}`;
  return problem(hasSentence(own) ? own : code);
}

import room from '../../../messages/window/common.json';
import type { Rooms } from './catalogue';
import { messages } from './words';

export { language, type Language } from './language.svelte';
export { sentence, problem, pictureProblem, type Family } from './sentences';
export { messages, named, wordsIn } from './words';
export type { Rooms } from './catalogue';

/** Words that belong to no single feature. */
export const t = messages<Rooms['common']>(room);

import { sentence } from '../../i18n';

/** Why the city refused, in a sentence. */
export const refusal = (code: string): string => sentence('refusal', code);

/** Nobody corrects a record whose person has died: the ward looks into it. */
export const isCorrectable = (code: string): boolean => code !== 'person_deceased';

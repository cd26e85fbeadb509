/** Sentences for the codes of the program (`messages/codes`), in the language of the window. */

import card from '../../../messages/codes/card.json';
import codeNext from '../../../messages/codes/code-next.json';
import code from '../../../messages/codes/code.json';
import error from '../../../messages/codes/error.json';
import job from '../../../messages/codes/job.json';
import picture from '../../../messages/codes/picture.json';
import printer from '../../../messages/codes/printer.json';
import problems from '../../../messages/codes/problem.json';
import refusal from '../../../messages/codes/refusal.json';
import scanning from '../../../messages/codes/scanning.json';
import stopped from '../../../messages/codes/stopped.json';
import common from '../../../messages/window/common.json';
import type { CameraStatus, IdCardCode, FailureCode, JobState, RefusalCode, ScannerStatus, Standing, Trouble } from '../backend/bindings';
import { language } from './language.svelte';
import { pattern } from './pattern';
import type { Sentence } from './words';

/** Kinds of codes. The same word can be said of a card, of a field and by the city, and means something else each time. */
const families = { card, code, 'code-next': codeNext, error, job, picture, printer, problem: problems, refusal, scanning, stopped } satisfies {
  card: Record<IdCardCode, Sentence>;
  code: Record<Exclude<Standing, 'valid'>, Sentence>;
  'code-next': Record<Exclude<Standing, 'valid'>, Sentence>;
  job: Record<JobState, Sentence>;
  printer: Record<Trouble, Sentence>;
  refusal: Record<RefusalCode, Sentence>;
  scanning: Record<Extract<CameraStatus | ScannerStatus, `camera_${string}` | `scanner_${string}` | 'no_camera'>, Sentence>;
} & Record<string, object>;
// Every code the program gives, of a picture or of anything else.
void ({ ...picture, ...error } satisfies Record<FailureCode, Sentence>);
export type Family = keyof typeof families;

/**
 * The sentence for a stable code of a family. A code nobody wrote a sentence for, as a newer gateway may send one, is
 * named, so that support can be told over the phone.
 */
export function sentence(family: Family, code: string): string {
  const known: Record<string, Sentence> = families[family];
  const said = Object.hasOwn(known, code) ? known[code] : undefined;
  return said ? said[language.current] : pattern(common.unknownProblem[language.current], language.current)({ code });
}

/** Why the program did not do what was asked. */
export const problem = (code: string): string => sentence('error', code);

/** The same where a picture was given: `too_large` and `damaged` are the picture then, and not what is sent or stored. */
export const pictureProblem = (code: string): string => sentence(Object.hasOwn(picture, code) ? 'picture' : 'error', code);

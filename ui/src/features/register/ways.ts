/** The ways onto the road of a registration, for every screen that leads there. */

import type { Reason, Rid } from '../../backend/bindings';
import { BackendError, call, errorCode } from '../../backend/client';
import { router } from '../../frame/router.svelte';
import { problem } from '../../i18n';
import { status } from '../../shared/status.svelte';
import { Form } from './form.svelte';

const say = (error: unknown) => status.say(problem(errorCode(error)), 'danger');

/** *Quét thẻ*; `after`: the next person of the house of this registration. */
export async function startRegistration(after?: Rid): Promise<void> {
  if (after === undefined) await router.start('register');
  else await router.go('take', { after });
}

/** Goes on with a form that was begun. */
export async function goOn(rid: Rid): Promise<void> {
  try {
    await router.go('compare', { form: await Form.open(rid) });
  } catch (error) {
    say(error);
  }
}

/** Corrects a saved registration; scans the card again where the device no longer holds what was in it. */
export async function correct(rid: Rid, refused?: Reason): Promise<void> {
  try {
    const shown = await call('show', { rid });
    const reason: Reason | undefined = refused ?? shown.reason;
    try {
      await router.go('compare', { form: await Form.correct(rid, reason) });
    } catch (error) {
      if (!(error instanceof BackendError) || error.code !== 'content_gone') throw error;
      await router.go('take', { correct: { rid, initials: shown.initials, refused: reason } });
    }
  } catch (error) {
    say(error);
  }
}

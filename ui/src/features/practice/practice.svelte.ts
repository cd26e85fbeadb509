/** Going to practice and back, and what the trainer's panel does. */

import type { Practice, PracticePerson } from '../../backend/bindings';
import { call, errorCode } from '../../backend/client';
import { device } from '../../backend/device.svelte';
import { problem, sentence } from '../../i18n';
import { router } from '../../frame/router.svelte';
import { status } from '../../shared/status.svelte';
import { Form } from '../register/form.svelte';
import { taken } from '../register/reading';
import { words } from './words';

class TrainerPanel {
  open = $state(false);
}

export const panel = new TrainerPanel();

async function tell(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    status.say(problem(errorCode(error)), 'danger');
  }
}

// Whoever shows screens begins anew when another device is in hand.
export const enterPractice = (): Promise<void> =>
  tell(async () => {
    if (await router.settle()) device.hear(await call('enter_practice', null));
  });

export const leavePractice = (): Promise<void> =>
  tell(async () => {
    if (!(await router.settle())) return;
    panel.open = false;
    device.hear(await call('leave_practice', null));
  });

export const resetPractice = (): Promise<void> =>
  tell(async () => {
    // The form in front goes with everything else.
    if (!(await router.start('today'))) return;
    device.hear(await call('reset_practice', null));
    status.say(words.resetDone, 'good');
  });

export const setPractice = (practice: Practice): Promise<void> =>
  tell(async () => device.hear(await call('set_practice', practice)));

/** The card or the paper of a practice person is held before the device: a form begins. */
export const useCard = (person: PracticePerson): Promise<void> =>
  tell(async () => {
    if (!(await router.settle())) return;
    if (!person.card_png) {
      const way = person.registered_by === 'vneid' ? 'vneid' : 'birth_certificate';
      await router.go('compare', { form: await Form.begin(null, null, { way, paper: person.paper }) });
      return;
    }
    const found = taken(await call('read_idcard', { picture: person.card_png, text: null }));
    if (found.kind === 'card') {
      const form = await Form.begin(found.draft, null, { way: 'scanned', notes: found.codes });
      await router.go('compare', { form });
    } else status.say(sentence('card', found.kind === 'refused' ? (found.codes[0] ?? 'not_a_card') : 'not_a_card'), 'attention');
  });

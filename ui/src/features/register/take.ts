import type { Reason } from '../../backend/bindings';
import type { Form } from './form.svelte';

/** What a card is taken for, where it is not simply the next person. */
export interface TakeFor {
  /** The next person of the house of this registration. */
  after?: string;
  /** The form it fills again (*Quét lại*). */
  form?: Form;
  /** A refused registration whose content the device no longer holds. */
  correct?: { rid: string; initials: string; refused: Reason | undefined };
}

/** The board in hand: which commune, asked when it is opened and when somebody wants new figures. */

import { asked } from '../../backend/asked.svelte';
import { call } from '../../backend/client';
import { device } from '../../backend/device.svelte';

class Chosen {
  /** Kept between the screens of a coordinator. */
  commune = $state<string>();
}

export const chosen = new Chosen();

/** The communes of this team, and the board of the chosen one. */
export function board() {
  const communes = $derived(device.state?.communes ?? []);
  const commune = $derived(chosen.commune && communes.includes(chosen.commune) ? chosen.commune : communes[0]);
  const view = asked(async () => (commune === undefined ? null : { commune, ...(await call('board', { commune })) }));
  return {
    view,
    get communes() {
      return communes;
    },
    get commune() {
      return commune;
    },
  };
}

/** Names of communes, asked once. */

import { call } from '../../backend/client';

class Communes {
  #names = $state.raw<ReadonlyMap<string, string>>(new Map());
  #asked = false;

  /** `Phường Hải Châu`; the code until the names came. */
  name(code: string): string {
    if (!this.#asked) {
      this.#asked = true;
      call('communes', null).then(
        (all) => (this.#names = new Map(all.map((each) => [each.code, each.name]))),
        () => (this.#asked = false),
      );
    }
    return this.#names.get(code) ?? code;
  }
}

export const communes = new Communes();

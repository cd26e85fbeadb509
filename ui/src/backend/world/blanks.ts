/** Pre-printed cards of the invented world. A text `TNP1:` and a number is that card; a word after it is what is wrong. */

import type { BoardBlanks, BlankAccount, BlankTask, Code, KnownBlank, PracticeBlank, Rid } from '../bindings';

/** What a text may say of itself; the code it is refused with. */
const WRONG: Readonly<Record<string, string>> = {
  forged: 'card_forged', world: 'card_other_world', team: 'card_other_team', void: 'card_void', used: 'card_used_elsewhere', pool: 'card_pool_unknown',
};

/** ISO/IEC 7064, MOD 97-10, as the program does it. */
export function numberOf(serial: number): string {
  const digits = String(serial).padStart(8, '0');
  return `P${digits.slice(0, 4)}-${digits.slice(4)}-${String(98 - ((serial * 100) % 97)).padStart(2, '0')}`;
}

interface Owner {
  rid: Rid;
  code: Code;
  initials: string;
}

export class Cards {
  readonly #used = new Map<string, KnownBlank>();
  #tasks: BlankTask[] = [];
  readonly #fail: (code: string) => never;
  readonly #made: number | undefined;

  constructor(made: number | undefined, fail: (code: string) => never) {
    this.#made = made;
    this.#fail = fail;
  }

  /** A card of which the city said that it is bound elsewhere. */
  refused(owner: Owner, serial: number, at: number): void {
    const number = numberOf(serial);
    this.#used.set(number, { number, state: 'bound', rid: owner.rid, code: owner.code, told: true, refused: 'card_bound', changed_at: at });
    this.#tasks.push({ number, ...owner, reason: 'card_bound', bound_at: at });
  }

  /** Cards that were handed to somebody one after the other: each but the last was lost. */
  handed(owner: Owner, serials: readonly number[], at: number): void {
    serials.forEach((serial, i) => {
      const [number, state] = [numberOf(serial), i + 1 < serials.length ? 'spoiled' : 'bound'];
      this.#used.set(number, { number, state, rid: owner.rid, code: owner.code, told: true, changed_at: at + i * 60 });
    });
  }

  #number(text: string): string {
    const rest = text.trim().replace(/^TNP1:/, '');
    const wrong = WRONG[rest];
    if (wrong) this.#fail(wrong);
    if (!/^P\d{4}-\d{4}-\d\d$/.test(rest)) this.#fail(text.startsWith('TNP1:') ? 'card_forged' : 'card_not_ours');
    if (numberOf(Number(rest.slice(1, 10).replace('-', ''))) !== rest) this.#fail('card_number_mistyped');
    return rest;
  }

  bind(owner: Owner, text: string, at: number): KnownBlank {
    if (!text.trim().startsWith('TNP1:')) this.#fail('card_not_ours');
    const number = this.#number(text);
    const known = this.#used.get(number);
    if (known?.state === 'spoiled') this.#fail('card_spoiled');
    if (known && known.rid !== owner.rid) this.#fail('card_bound');
    if (known) return known;
    if ([...this.#used.values()].some((card) => card.rid === owner.rid && card.state === 'bound' && !card.refused)) this.#fail('has_a_card');
    const card: KnownBlank = { number, state: 'bound', rid: owner.rid, code: owner.code, told: false, changed_at: at };
    this.#used.set(number, card);
    this.#tasks = this.#tasks.filter((task) => task.rid !== owner.rid);
    return card;
  }

  spoil(text: string, at: number): KnownBlank {
    const number = this.#number(text);
    const card: KnownBlank = { told: false, ...this.#used.get(number), number, state: 'spoiled', changed_at: at };
    this.#used.set(number, card);
    this.#tasks = this.#tasks.filter((task) => task.number !== number);
    return card;
  }

  get(text: string): KnownBlank {
    const number = this.#number(text);
    return this.#used.get(number) ?? { number, state: 'blank', told: true };
  }

  /** Cards of a person, the one changed last first. */
  of(rid: Rid): KnownBlank[] {
    return [...this.#used.values()]
      .filter((card) => card.rid === rid)
      .sort((a, b) => (b.changed_at ?? 0) - (a.changed_at ?? 0) || b.number.localeCompare(a.number));
  }

  tasks(): BlankTask[] {
    return [...this.#tasks];
  }

  account(listed_at: number): BlankAccount {
    const all = [...this.#used.values()];
    const count = (state: string) => all.filter((card) => card.state === state).length;
    return {
      ...(this.#made === undefined ? {} : { blank: Math.max(this.#made - all.length, 0), listed_at }),
      bound: count('bound'), spoiled: count('spoiled'), untold: all.filter((card) => !card.told).length, tasks: this.tasks(),
    };
  }
}

export const practiceCards = (): PracticeBlank[] =>
  [0, 1, 2, 3, 4, 19].map((n) => ({ number: numberOf(90_000_000 + n), qr: `TNP1:${numberOf(90_000_000 + n)}`, copied: n === 19 }));

export const pools = (name: (team: string, n: number) => string): BoardBlanks[] => [
  { team: name('Tổ CNS 03', 0), made: 200, blank: 61, bound: 134, spoiled: 5, void: 0, refused: 0 },
  { team: name('Tổ CNS 12', 1), made: 300, blank: 112, bound: 171, spoiled: 7, void: 10, refused: 2 },
  { team: name('Tổ CNS 22', 2), made: 1_200, blank: 1_180, bound: 20, spoiled: 0, void: 0, refused: 0 },
];

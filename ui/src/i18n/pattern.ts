/**
 * Sentences with something to fill in, as the catalogue writes them: `{name}` and
 * `{count, plural, =0 {nothing} one {# record} other {# records}}`. That is the part of ICU's MessageFormat which the
 * catalogue uses, and `cargo xtask words check` refuses any other. A number is written as the language writes it.
 */

import { count, type FormatLanguage } from '../shared/format';

export type Value = string | number;

interface Hole {
  name: string;
  /** The ways to say it: `=0`, `one`, `other`. None for a plain hole. */
  ways: Map<string, Part[]> | undefined;
}
type Part = string | Hole;

const PLURALS = { vi: new Intl.PluralRules('vi'), en: new Intl.PluralRules('en') };

/** Whether a sentence has anything to fill in. */
export function isPattern(text: string): boolean {
  return text.includes('{');
}

/** A sentence as a function of what is to be filled in. */
export function pattern(text: string, language: FormatLanguage): (values: Record<string, Value>) => string {
  const parts = new Reader(text).parts();
  return (values) => fill(parts, values, language, '');
}

function fill(parts: readonly Part[], values: Record<string, Value>, language: FormatLanguage, number: string): string {
  const said = (value: Value) => (typeof value === 'number' ? count(value, language) : value);
  return parts
    .map((part) => {
      if (typeof part === 'string') return number ? part.replaceAll('#', number) : part;
      const value = values[part.name] ?? '';
      if (part.ways === undefined) return said(value);
      const way = part.ways.get(`=${value}`) ?? part.ways.get(PLURALS[language].select(Number(value))) ?? part.ways.get('other');
      return fill(way ?? [], values, language, said(value));
    })
    .join('');
}

class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  parts(): Part[] {
    const parts: Part[] = [];
    while (this.#at < this.#text.length && this.#text[this.#at] !== '}') {
      parts.push(this.#text[this.#at] === '{' ? this.#hole() : this.#upTo('{', '}'));
    }
    return parts;
  }

  #hole(): Hole {
    this.#at++;
    const name = this.#upTo(',', '}').trim();
    const ways = this.#text[this.#at] === ',' ? this.#ways() : undefined;
    this.#at++;
    return { name, ways };
  }

  #ways(): Map<string, Part[]> {
    const ways = new Map<string, Part[]>();
    // Past the word `plural`, the only kind there is.
    this.#at = this.#text.indexOf(',', this.#at + 1) + 1;
    for (let key = this.#upTo('{', '}').trim(); key; key = this.#upTo('{', '}').trim()) {
      this.#at++;
      ways.set(key, this.parts());
      this.#at++;
    }
    return ways;
  }

  #upTo(...ends: string[]): string {
    const from = this.#at;
    while (this.#at < this.#text.length && !ends.includes(this.#text[this.#at] ?? '')) this.#at++;
    return this.#text.slice(from, this.#at);
  }
}

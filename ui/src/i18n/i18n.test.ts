import { afterEach, describe, expect, it } from 'vitest';
import { en } from './en';
import { language, messages, problem, t } from './index';
import { vi } from './vi';

afterEach(() => language.set('vi'));

/** Every message as a sentence, with 2 or "X" for whatever it takes. */
function sentences(of: object, path = ''): [string, string][] {
  return Object.entries(of).flatMap(([key, value]: [string, unknown]) => {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === 'string') return [[here, value]];
    if (typeof value === 'function') {
      const message = value as (...values: unknown[]) => string;
      const takes = path === 'situation' || key === 'figuresAt' || key === 'unknownProblem' ? 'X' : 2;
      return [[here, message(...Array<unknown>(message.length).fill(takes))]];
    }
    return sentences(value as object, here);
  });
}

describe('words', () => {
  it('are complete in both languages: nothing empty, nothing extra', () => {
    const [here, there] = [sentences(vi), sentences(en)];
    expect(there.map(([key]) => key)).toEqual(here.map(([key]) => key));
    for (const [key, words] of [...here, ...there]) expect(words.trim(), key).not.toBe('');
  });

  it('press, never touch; no words of computers', () => {
    for (const [key, words] of sentences(vi)) {
      expect(words, key).not.toMatch(/chạm|click|offline|server|đồng bộ|dữ liệu nhạy|upload|error|lỗi hệ thống/i);
      expect(words, key).toBe(words.normalize('NFC'));
    }
  });

  it('follow the language where they are read', () => {
    const own = messages({ houses: (n: number) => `${n} nhà` }, { houses: (n: number) => `${n} houses` });
    expect([t.places.today, own.houses(2), problem('missing')]).toEqual(['Hôm nay', '2 nhà', 'Mục này còn trống.']);
    language.set('en');
    expect([t.places.today, own.houses(2), problem('missing')]).toEqual(['Today', '2 houses', 'This is still empty.']);
    expect(document.documentElement.lang).toBe('en');
  });

  it('name a code that nobody wrote a sentence for, and are not misled by inherited names', () => {
    for (const code of ['brand_new', 'constructor', 'toString']) expect(problem(code)).toContain(code);
  });
});

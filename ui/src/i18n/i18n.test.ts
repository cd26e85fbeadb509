import { afterEach, describe, expect, it } from 'vitest';
import common from '../../../messages/window/common.json';
import { language, messages, pictureProblem, problem, sentence, t } from './index';
import { pattern } from './pattern';
import type { Sentence } from './words';

afterEach(() => language.set('vi'));

interface Data {
  [key: string]: Sentence | Data;
}
const files = import.meta.glob<Data>('../../../messages/*/*.json', { eager: true, import: 'default' });

/** Every text of the catalogue with the place where it stands. */
function sentences(of: Data, path: string): [string, Sentence][] {
  return Object.entries(of).flatMap(([key, value]): [string, Sentence][] => {
    const here = `${path}.${key}`;
    return typeof value['vi'] === 'string' ? [[here, value as Sentence]] : sentences(value as Data, here);
  });
}
const all = Object.entries(files).flatMap(([path, file]) => sentences(file, path));
const window_ = all.filter(([key]) => !/codes\/(command|hint)/.test(key));

describe('words', () => {
  it('press, never touch; no words of computers; no property of people taken; no words of before 2025', () => {
    expect(all.length).toBeGreaterThan(700);
    for (const [key, { vi }] of window_) {
      expect(vi, key).not.toMatch(/chạm|click|offline|server|đồng bộ|dữ liệu nhạy|upload|error|lỗi hệ thống/i);
      expect(vi, key).not.toMatch(/ngày nay|quận|huyện|giữ thẻ(?! yên)|thu thẻ|đưa được|USB(?!-COM)/i);
      expect(vi, key).not.toMatch(/ của tổ |tổ mình|tổ khác/);
    }
  });

  it('follow the language where they are read', () => {
    const own = messages<{ houses: (values: { n: number }) => string }>({
      houses: { vi: '{n} nhà', en: '{n, plural, one {# house} other {# houses}}' },
    });
    const said = () => [t.places.today, own.houses({ n: 1 }), own.houses({ n: 2 }), sentence('problem', 'missing')];
    expect(said()).toEqual(['Hôm nay', '1 nhà', '2 nhà', 'Mục này còn trống.']);
    language.set('en');
    expect(said()).toEqual(['Today', '1 house', '2 houses', 'This is still empty.']);
    expect(document.documentElement.lang).toBe('en');
  });

  it('name a code that nobody wrote a sentence for, and are not misled by inherited names', () => {
    for (const code of ['brand_new', 'constructor', 'toString']) expect(problem(code)).toContain(code);
  });

  it('mean the picture where a picture was given, and the data where none was', () => {
    expect(pictureProblem('damaged')).toContain('Ảnh');
    expect(problem('damaged')).not.toContain('Ảnh');
    expect(pictureProblem('locked')).toBe(problem('locked'));
  });

  it('say what to do with a device that holds the only copy of unsent records', () => {
    expect(problem('unsent_records')).toContain('Đừng bỏ máy');
  });
});

describe('patterns', () => {
  it.each([
    ['{n, plural, =0 {none} one {# record} other {# records}}', { n: 0 }, 'none'],
    ['{n, plural, =0 {none} one {# record} other {# records}}', { n: 1 }, '1 record'],
    ['{n, plural, =0 {none} one {# record} other {# records}}', { n: 1234 }, '1,234 records'],
    ['{who} has {n, plural, one {# card of {who}} other {# cards}}.', { n: 1, who: 'An #1' }, 'An #1 has 1 card of An #1.'],
    ["Room #2 of {name}'s house", { name: 'An' }, "Room #2 of An's house"],
    ['{n} of {all}', { n: 1234, all: 'x' }, '1,234 of x'],
  ])('%s', (text, values, said) => expect(pattern(text, 'en')(values as Record<string, string | number>)).toBe(said));

  it('write numbers as the language does', () => {
    expect(pattern(common.count.records.vi, 'vi')({ records: 1234 })).toBe('1.234 hồ sơ');
  });

  it('leave nothing unfilled in any text of the catalogue', () => {
    for (const [key, { vi, en }] of all) {
      const names = [...vi.matchAll(/\{(\w+)/g), ...en.matchAll(/\{(\w+)/g)].map(([, name]) => [name ?? '', 2] as const);
      for (const said of [pattern(vi, 'vi'), pattern(en, 'en')]) {
        expect(said(Object.fromEntries(names)), key).not.toMatch(/[{}]|undefined/);
      }
    }
  });
});

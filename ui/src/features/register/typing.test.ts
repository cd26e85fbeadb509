import { describe, expect, it } from 'vitest';
import { addressParts } from './address';
import { typedDate } from './dates';
import { paragraphs } from './notice';

describe('the address line of a paper', () => {
  it.each([
    ['K45/12 Ông Ích Khiêm, Tổ 18, Thạch Thang, Hải Châu, Đà Nẵng', 'Tổ 18', 'K45/12 Ông Ích Khiêm'],
    ['36 Nguyễn Trung Trực, Tổ 52, An Hải Bắc, Sơn Trà, Đà Nẵng', 'Tổ 52', '36 Nguyễn Trung Trực'],
    ['Thôn Nal, Lăng, Tây Giang, Quảng Nam', 'Thôn Nal', ''],
    ['Khối phố Quảng Lăng, Điện Nam Đông, Điện Bàn, Quảng Nam', 'Khối phố Quảng Lăng', ''],
    ['K12/5 Ông Ích Khiêm, Thạch Thang, Hải Châu', '', 'K12/5 Ông Ích Khiêm'],
    ['Thạch Thang, Hải Châu, Đà Nẵng', '', ''],
    ['tổ 7 , Phường Hòa Khánh', 'tổ 7', ''],
    ['', '', ''],
  ])('%s', (line, group, house) => {
    expect(addressParts(line)).toEqual({ group, house });
  });

  it('never says what is not written there', () => {
    for (const line of ['Khuê Trung, Cẩm Lệ, Đà Nẵng', 'Bản Thạch, Hội An', '<b>x</b>, y, z']) {
      const { group, house } = addressParts(line);
      expect(line).toContain(group);
      expect(line).toContain(house);
    }
    expect(addressParts('Khuê Trung, Cẩm Lệ, Đà Nẵng').group).toBe('');
  });
});

describe('a typed date', () => {
  it.each([
    ['9/2/1988', '1988-02-09'],
    ['09.02.1988', '1988-02-09'],
    ['09021988', '1988-02-09'],
    ['06/1938', '1938-06'],
    ['1938', '1938'],
    // No date is made up: the program says what is wrong with it.
    ['31/02/1990', '1990-02-31'],
    ['chưa rõ', 'chưa rõ'],
  ])('%s', (typed, iso) => expect(typedDate(typed)).toBe(iso));
});

describe('the notice', () => {
  it('is paragraphs with bold words, up to the questions, and markup in it stays text', () => {
    const text = '<!-- for whom -->\n# Title\n\nMột **hai** ba\nbốn\n\n<img src=x>\n\n## Questions\n\n1. x';
    expect(paragraphs(text)).toEqual([
      [
        { words: 'Một ', bold: false },
        { words: 'hai', bold: true },
        { words: ' ba bốn', bold: false },
      ],
      [{ words: '<img src=x>', bold: false }],
    ]);
  });
});

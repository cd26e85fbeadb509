import { describe, expect, it } from 'vitest';
import room from '../../../messages/window/common.json';
import { wordsIn, type Rooms } from '../i18n';
import { ago, count, day, groupNumber, groupPhone, instant, maskNumber, partialDate, time, visible, weekday } from './format';

const { when } = wordsIn<Rooms['common']>('vi', room);
const at = (text: string) => new Date(`${text}+07:00`);

describe('formats', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1234, '1.234'],
    [1234567, '1.234.567'],
  ])('counts %i as %s', (value, shown) => expect(count(value)).toBe(shown));

  it.each([
    ['1938', '1938'],
    ['1938-06', '06/1938'],
    ['1938-06-17', '17/06/1938'],
    ['<b>', '<b>'],
    ['1938-6-1', '1938-6-1'],
  ])('shows the date %s as %s', (iso, shown) => expect(partialDate(iso)).toBe(shown));

  it.each([
    [Date.UTC(2026, 10, 23, 16, 59), '23/11/2026', '23:59', 'monday'],
    [Date.UTC(2026, 10, 23, 17, 5), '24/11/2026', '00:05', 'tuesday'],
    [Date.UTC(2026, 10, 28, 17), '29/11/2026', '00:00', 'sunday'],
    [Date.UTC(2015, 0, 1), '01/01/2015', '07:00', 'thursday'],
  ])('shows the instant %i as %s %s of Việt Nam, on a tablet in Los Angeles', (ms, date, hour, ofWeek) => {
    expect(new Date(ms).getTimezoneOffset()).toBeGreaterThan(0);
    const at = instant(ms / 1000);
    expect([day(at), time(at), weekday(at)]).toEqual([date, hour, ofWeek]);
  });

  it('groups numbers as they are read', () => {
    expect(groupNumber('048188999301')).toBe('048 188 999301');
    expect(groupNumber('04818899930')).toBe('04818899930');
    expect(['', '0905', '09051', '0905123456'].map(groupPhone)).toEqual(['', '0905', '0905 1', '0905 123 456']);
  });

  it('shows only the last three digits of a masked number', () => {
    expect(maskNumber('048188999301').replace(/[^\d]/g, '')).toBe('301');
  });

  it.each(['\u202e', '\u2066', '\u200b', '\u0000', '\ufeff', '\u061c'])('makes %j seen', (hidden) => {
    expect(visible(`Nguyễn${hidden}Thu`)).toBe('Nguyễn\ufffdThu');
  });

  it('leaves letters and combining marks of names alone', () => {
    const name = "Bh'nướch Thị Ngơn Č’Ŏŭ-ĕĭ n\u0303".normalize('NFC');
    expect(visible(name)).toBe(name);
  });
});

describe('how long ago', () => {
  const now = at('2026-11-23T14:00:00');
  it.each([
    ['2026-11-23T13:59:30', 'vừa xong'],
    ['2026-11-23T14:00:40', 'vừa xong'],
    ['2026-11-23T13:55:00', '5 phút trước'],
    ['2026-11-23T11:12:00', 'hôm nay 11:12'],
    ['2026-11-22T23:59:00', 'hôm qua 23:59'],
    ['2026-11-19T16:02:00', '4 ngày trước'],
    ['2026-11-09T10:00:00', '09/11/2026'],
    ['2026-11-24T09:00:00', '24/11/2026 09:00'],
  ])('%s is %s', (then, words) => expect(ago(at(then), now, when)).toBe(words));

  it('says minutes, not yesterday, just after midnight', () => {
    expect(ago(at('2026-11-22T23:50:00'), at('2026-11-23T00:10:00'), when)).toBe('20 phút trước');
  });
});

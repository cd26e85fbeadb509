/**
 * Numbers, dates and times as people write them here. Days and hours are those of Việt Nam, in whatever zone the tablet
 * stands: the papers say the same.
 */

import type { Rooms } from '../i18n/catalogue';

export type FormatLanguage = 'vi' | 'en';

const COUNT = {
  vi: new Intl.NumberFormat('vi-VN'),
  en: new Intl.NumberFormat('en-GB'),
};

/** `1.234` (in English `1,234`). */
export function count(value: number, language: FormatLanguage = 'vi'): string {
  return COUNT[language].format(value);
}

const MINUTE = 60_000;
const two = (value: number) => String(value).padStart(2, '0');

/** An instant of the program, seconds since 1970 UTC. */
export function instant(seconds: number): Date {
  return new Date(seconds * 1000);
}

const PARTS = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Ho_Chi_Minh',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
});

function inVietnam(at: Date): Record<'year' | 'month' | 'day' | 'hour' | 'minute', number> {
  const parts = { year: 0, month: 0, day: 0, hour: 0, minute: 0 };
  for (const { type, value } of PARTS.formatToParts(at)) if (type in parts) parts[type as keyof typeof parts] = +value;
  return parts;
}

/** `23/11/2026`. */
export function day(at: Date): string {
  const { day, month, year } = inVietnam(at);
  return `${two(day)}/${two(month)}/${year}`;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** `14:05`. */
export function time(at: Date): string {
  const { hour, minute } = inVietnam(at);
  return `${two(hour)}:${two(minute)}`;
}

/** Days since 1970-01-01 of the day it is then. */
function dayNumber(at: Date): number {
  const { year, month, day } = inVietnam(at);
  return Date.UTC(year, month - 1, day) / (24 * 60 * MINUTE);
}

/** The name of a day of the week in the catalogue. */
export function weekday(at: Date): (typeof WEEKDAYS)[number] {
  // 1970-01-01 was a Thursday.
  return WEEKDAYS[(dayNumber(at) + 4) % 7] ?? 'sunday';
}

/**
 * A date of a paper, which may be known to the year or month only: `1938`, `1938-06` and `1938-06-17` become `1938`,
 * `06/1938` and `17/06/1938`. Anything else comes back as it is.
 */
export function partialDate(iso: string): string {
  return /^\d{4}(-\d{2}){0,2}$/.test(iso) ? iso.split('-').reverse().join('/') : iso;
}

/**
 * Text from outside as it may be shown: characters that turn the direction of writing, or are not seen at all, become
 * visible marks, so that a name cannot look like another one.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, '\ufffd');
}

/** A personal number in groups: `048 188 999301`. */
export function groupNumber(pin: string): string {
  return /^\d{12}$/.test(pin) ? `${pin.slice(0, 3)} ${pin.slice(3, 6)} ${pin.slice(6)}` : pin;
}

/** A personal number with all but the last three digits hidden. */
export function maskNumber(pin: string): string {
  return `••• ••• •••${pin.slice(-3)}`;
}

/** Digits of a phone number as they are said: `0905 123 456`, also while they are being typed. */
export function groupPhone(digits: string): string {
  return [digits.slice(0, 4), digits.slice(4, 7), digits.slice(7)].filter(Boolean).join(' ');
}

type WhenWords = Omit<Rooms['common']['when'], 'never'>;


/**
 * How long ago, in words: `vừa xong`, `5 phút trước`, `hôm nay 11:12`, `hôm qua 17:20`, `4 ngày trước`, and from two
 * weeks on the date. An instant ahead of `now` (a clock that was set back) is shown with its date and time.
 */
export function ago(then: Date, now: Date, words: WhenWords): string {
  const passed = now.getTime() - then.getTime();
  if (passed < -MINUTE) return `${day(then)} ${time(then)}`;
  if (passed < MINUTE) return words.now;
  if (passed < 60 * MINUTE) return words.minutes({ minutes: Math.floor(passed / MINUTE) });
  const days = dayNumber(now) - dayNumber(then);
  if (days === 0) return words.today({ time: time(then) });
  if (days === 1) return words.yesterday({ time: time(then) });
  return days < 14 ? words.days({ days }) : day(then);
}

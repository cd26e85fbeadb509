/** Invented people and places for the world in memory. Numbers end in 999xxx: no such number is given to anybody. */

import type { CommuneItem, Draft, Suggestion } from '../bindings';

export interface Invented {
  name: string;
  pin: string;
  birth: string;
  sex: 'male' | 'female';
  address: string;
  issued: string | null;
  by: 'card' | 'vneid' | 'birth_certificate' | 'appointment' | 'nobody';
  commune: string;
  teaches: string;
}

const row = (
  name: string, pin: string, birth: string, sex: Invented['sex'], address: string, issued: string | null,
  by: Invented['by'], commune: string, teaches: string,
): Invented => ({ name, pin, birth, sex, address, issued, by, commune, teaches });

export const PRACTICE: readonly Invented[] = [
  row('Trần Thị Mỹ Hạnh', '048188999301', '1988-02-09', 'female', 'K45/12 Ông Ích Khiêm, Tổ 18, Thạch Thang, Hải Châu, Đà Nẵng', '2022-05-10', 'card', '20242', 'thẻ đọc tốt, gợi ý phường'),
  row('Lê Văn Sáu', '049038999112', '1938', 'male', 'Thôn Tân An, Bình Minh, Thăng Bình, Quảng Nam', '2021-08-14', 'card', '20794', 'chỉ có năm sinh, mắt kém, không điện thoại'),
  row("Bh'nướch Thị Ngơn", '049192999233', '1992-06-17', 'female', 'Thôn Nal, Lăng, Tây Giang, Quảng Nam', '2024-08-15', 'card', '20455', "tên có dấu ', tìm không dấu"),
  row('Phan Gia Bảo', '048215999414', '2015-09-03', 'male', 'Tổ 7, Phường Hòa Khánh, Thành phố Đà Nẵng', null, 'birth_certificate', '20200', 'giấy khai sinh; mẹ và con cùng đồng ý'),
  row('Huỳnh Bảo Châu', '049319999219', '2019-05-14', 'female', 'Khối phố Quảng Lăng, Điện Nam Đông, Điện Bàn, Quảng Nam', '2024-09-12', 'appointment', '20579', 'ở với bà ngoại: hẹn cha mẹ'),
  row('Võ Minh Khôi', '051209999316', '2009-03-20', 'male', 'Thôn An Châu, Bình Thới, Bình Sơn, Quảng Ngãi', '2023-06-05', 'card', '20200', '17 tuổi, nơi đang ở khác thẻ'),
  row('Đặng Văn Tín', '048075999118', '1975-12-12', 'male', 'Thôn Trung Sơn, Hòa Liên, Hòa Vang, Đà Nẵng', '2021-04-22', 'card', '20197', 'xã bị chia: hỏi'),
  row('Nguyễn Thị Thu', '049180999122', '1980-08-05', 'female', 'Thôn Thanh Tân, Tam Thanh, Tam Kỳ, Quảng Nam', '2021-07-03', 'card', '20356', 'mã mất dấu, gõ lại'),
  row('Hồ Văn Nết', '049096999125', '1996-01-28', 'male', 'Thôn 3, Xã Trà Linh, Thành phố Đà Nẵng', null, 'vneid', '20950', 'chỉ có VNeID'),
  row('Ngô Đình Phước', '049045999129', '1945-11-01', 'male', 'Khối Hà Trung, Cẩm Nam, Hội An, Quảng Nam', '2021-10-18', 'nobody', '20410', 'vợ đưa thẻ, ông đã mất: không đăng ký'),
  row('Trương Quốc Vinh', '048085999127', '1985-07-22', 'male', '36 Nguyễn Trung Trực, Tổ 52, An Hải Bắc, Sơn Trà, Đà Nẵng', '2024-10-29', 'card', '20275', 'chỉ đồng ý mục 1; nghi trùng'),
  row('Lương Thị Diệu', '048093999128', '1993-04-30', 'female', 'Tổ 21, Hòa Phát, Cẩm Lệ, Đà Nẵng', '2022-11-08', 'card', '20305', 'cảnh báo giới tính; bị trả lại rồi sửa'),
];

const commune = (code: string, name: string, lat: number, lon: number): Omit<CommuneItem, 'own'> => ({ code, name, lat, lon });

export const COMMUNES = [
  commune('20194', 'Phường Hải Vân', 16.1315, 107.972),
  commune('20197', 'Phường Liên Chiểu', 16.0933, 108.092),
  commune('20200', 'Phường Hòa Khánh', 16.0471, 108.131),
  commune('20242', 'Phường Hải Châu', 16.0762, 108.218),
  commune('20275', 'Phường An Hải', 16.0689, 108.237),
  commune('20305', 'Phường An Khê', 16.0367, 108.179),
  commune('20356', 'Phường Quảng Phú', 15.5924, 108.514),
  commune('20410', 'Phường Hội An', 15.8697, 108.33),
  commune('20455', 'Xã Tây Giang', 15.8516, 107.484),
  commune('20579', 'Phường Điện Bàn Đông', 15.9309, 108.274),
  commune('20794', 'Xã Thăng An', 15.779, 108.395),
  commune('20950', 'Xã Trà Linh', 15.0158, 108.056),
];

/** Old commune and district as they stand on cards, and the communes of today they can mean (the usual one first). */
const OLD: readonly [old: string, today: readonly string[]][] = [
  ['Thạch Thang, Hải Châu', ['20242']],
  ['Bình Minh, Thăng Bình', ['20794']],
  ['Lăng, Tây Giang', ['20455']],
  ['Hòa Khánh', ['20200']],
  ['Điện Nam Đông, Điện Bàn', ['20579']],
  ['Hòa Liên, Hòa Vang', ['20194', '20197']],
  ['Tam Thanh, Tam Kỳ', ['20356']],
  ['Trà Linh', ['20950']],
  ['Cẩm Nam, Hội An', ['20410']],
  ['An Hải Bắc, Sơn Trà', ['20275']],
  ['Hòa Phát, Cẩm Lệ', ['20305']],
  ['Hải Châu', ['20242']],
];

export function suggest(address: string): Suggestion {
  const today = OLD.find(([old]) => address.includes(old))?.[1] ?? [];
  const several = today.length > 1;
  return {
    suggested: today.map((code) => ({
      code,
      name: COMMUNES.find((each) => each.code === code)?.name ?? code,
      default: !several,
    })),
    ask: several,
  };
}

const FAMILY = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Huỳnh', 'Võ', 'Đặng', 'Bùi', 'Hồ', 'Ngô', 'Dương', 'Alăng', 'Phan', 'Trương'];
const MIDDLE = { male: ['Văn', 'Quốc', 'Đình', 'Minh', 'Hữu', 'Gia'], female: ['Thị', 'Thị Mỹ', 'Ngọc', 'Thị Thanh', 'Bảo', 'Kim'] };
const GIVEN = {
  male: ['An', 'Bình', 'Cường', 'Dũng', 'Hải', 'Khoa', 'Long', 'Nam', 'Phúc', 'Quang', 'Sơn', 'Tài', 'Vinh'],
  female: ['Ánh', 'Diệu', 'Hạnh', 'Hoa', 'Hương', 'Lan', 'Loan', 'Mai', 'Nga', 'Phượng', 'Thảo', 'Thu', 'Yến'],
};
const STREET = ['Ông Ích Khiêm', 'Đống Đa', 'Lý Tự Trọng', 'Quang Trung', 'Hải Phòng', 'Thanh Thủy', 'Cao Thắng', 'Nguyễn Chí Thanh'];

/** Mixes a number so that neighbours look unlike each other; the same every time. */
export function mix(n: number): number {
  let x = Math.imul(n + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

export const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

export function invent(n: number): Invented {
  const known = n < 12 ? PRACTICE[n] : undefined;
  if (known) return known;
  const chance = mix(n);
  const sex = chance % 2 ? 'female' : 'male';
  const year = 1940 + (chance % 66);
  const two = (value: number) => String(value).padStart(2, '0');
  return {
    name: `${pick(FAMILY, chance >>> 3)} ${pick(MIDDLE[sex], chance >>> 7)} ${pick(GIVEN[sex], chance >>> 11)}`,
    pin: `048${year < 2000 ? (sex === 'male' ? 0 : 1) : sex === 'male' ? 2 : 3}${two(year % 100)}999${String(chance % 1000).padStart(3, '0')}`,
    birth: `${year}-${two(1 + ((chance >>> 5) % 12))}-${two(1 + ((chance >>> 9) % 28))}`,
    sex,
    address: `${1 + (chance % 180)} ${pick(STREET, chance >>> 4)}, Tổ ${1 + (chance % 40)}, Thạch Thang, Hải Châu, Đà Nẵng`,
    issued: '2022-03-14',
    by: 'card',
    commune: '20242',
    teaches: '',
  };
}

export const houseLine = (n: number): string => `K${1 + (mix(n) % 90)}/${1 + (mix(n) % 24)} ${pick(STREET, mix(n) >>> 6)}`;

export function emptyDraft(): Draft {
  return {
    name: null, birth: null, sex: null, pin: null, pin_again: null, no_number: false, card_address: null, issued: null,
    residence: { commune: null, group: null, house: null, lodging: false },
    phone: null, household: null, representative: null,
    consent: { notice: 1, account: null, contact: null, help: null, read_aloud: false, signatures: [] },
    indicators: [],
  };
}

/** The form of somebody who was registered with a card. */
export function wholeDraft(person: Invented, house: string, household: string): Draft {
  const scanned = (value: string) => ({ value, source: 'scanned' as const });
  return {
    ...emptyDraft(),
    name: scanned(person.name), birth: scanned(person.birth), sex: scanned(person.sex), pin: scanned(person.pin),
    card_address: scanned(person.address), issued: person.issued,
    residence: { commune: person.commune, group: 'Tổ 18', house, lodging: false },
    household,
    consent: {
      notice: 1, account: true, contact: null, help: false, read_aloud: true,
      signatures: [{ signer: 'myself', manner: 'kept', strokes: null, witness: null }],
    },
  };
}

export function initials(name: string): string {
  return name.split(/\s+/).filter(Boolean).map((word) => [...word][0]?.toUpperCase() ?? '').join('.');
}

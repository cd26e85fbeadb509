/** What the address line of a paper says about the house, without guessing more than its commas tell. */

const GROUP = /^(tổ|thôn|khối phố|khối|khu phố|khu|ấp|bản|buôn|làng|nóc|xóm|tdp|kp)(\s|\.|\d)/iu;

export interface AddressParts {
  /** *Tổ* or *thôn*, as written; empty when the line has none. */
  group: string;
  /** What stands before it: house, alley, street. */
  house: string;
}

/** `K45/12 Ông Ích Khiêm, Tổ 18, Thạch Thang, Hải Châu, Đà Nẵng` -> group `Tổ 18`, house `K45/12 Ông Ích Khiêm`. */
export function addressParts(line: string): AddressParts {
  const parts = line
    .normalize('NFC')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  const at = parts.findIndex((part) => GROUP.test(part));
  if (at >= 0) return { group: parts[at] ?? '', house: parts.slice(0, at).join(', ') };
  // Without tổ or thôn the first part is a house only where it carries a number; else it may be the commune.
  const first = parts[0] ?? '';
  return { group: '', house: parts.length > 2 && /\d/.test(first) ? first : '' };
}

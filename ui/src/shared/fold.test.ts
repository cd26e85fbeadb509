import { expect, it } from 'vitest';
import { fold } from './fold';

it.each([
  ['Đồng  Hồ', 'dong ho'],
  ["Bh'nướch Thị Ngơn", "bh'nuoch thi ngon"],
  ['Hoà', 'hoa'],
  ['Hòa', 'hoa'],
])('%s is found as %s', (text, folded) => {
  expect(fold(text)).toBe(folded);
  expect(fold(text.normalize('NFD'))).toBe(folded);
});

import { messages } from '../../i18n';
import { count } from '../../shared/format';

export const words = messages(
  {
    title: 'Tìm',
    label: 'Tên, năm sinh, số, điện thoại, địa chỉ hoặc mã',
    hint: 'Gõ không dấu cũng được: nguyen thi 1961',
    found: (n: number, most: number) => (n >= most ? `${count(n, 'vi')} người đầu tiên` : `${count(n, 'vi')} người`),
    none: 'Không thấy ai trên máy này',
    noneHint: 'Thử gõ ít chữ hơn, hoặc gõ mã.',
    open: 'Tìm người',
  },
  {
    title: 'Search',
    label: 'Name, year of birth, number, phone, address or code',
    hint: 'Works without marks: nguyen thi 1961',
    found: (n: number, most: number) => (n >= most ? `the first ${count(n, 'en')} people` : n === 1 ? '1 person' : `${count(n, 'en')} people`),
    none: 'Nobody on this device',
    noneHint: 'Try fewer letters, or the code.',
    open: 'Find people',
  },
);

import { messages } from '../../i18n';
import { count } from '../../shared/format';

export const words = messages(
  {
    search: 'Tìm người, mã, số, địa chỉ',
    none: 'Chưa có nhà nào',
    noneLine: 'Mỗi nhà đã đăng ký sẽ hiện ở đây, nhà mới đến đứng đầu. Bắt đầu bằng cách đăng ký người đầu tiên.',
    noAddress: 'Nhà không còn địa chỉ trên máy',
    people: (n: number) => `${count(n, 'vi')} người`,
    last: (when: string) => `lần cuối ${when}`,
    most: (n: number) => `Đang hiện ${count(n, 'vi')} nhà đến gần đây nhất. Nhà cũ hơn: bấm Tìm.`,
    members: 'Người trong nhà',
    next: 'Người tiếp theo trong nhà',
    register: 'Đăng ký',
    unknown: 'Không còn thấy nhà này trên máy.',
  },
  {
    search: 'Find people, codes, numbers, addresses',
    none: 'No house yet',
    noneLine: 'Every house you register will be here, the latest first. Begin by registering the first person.',
    noAddress: 'Address no longer on this device',
    people: (n: number) => (n === 1 ? '1 person' : `${count(n, 'en')} people`),
    last: (when: string) => `last time ${when}`,
    most: (n: number) => `The ${count(n, 'en')} houses visited last are shown. For older ones press Search.`,
    members: 'People of this house',
    next: 'Next person of this house',
    register: 'Register',
    unknown: 'This house is no longer on this device.',
  },
);

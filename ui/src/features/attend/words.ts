import { messages } from '../../i18n';
import { count } from '../../shared/format';

export const words = messages(
  {
    title: 'Cần xử lý',
    count: (n: number) => `${count(n, 'vi')} hồ sơ bị trả lại, chờ Tổ sửa`,
    line: (team: string, device: number, since: string) => `${team}, máy ${device} · bị trả lại ${since}`,
    how: 'Nhắn Tổ mở mục Hôm nay trên máy của Tổ: ở đó có tên và cách sửa. Ở đây chỉ có mã, vì tên chỉ nằm trên máy của Tổ.',
    none: 'Không có hồ sơ nào cần xử lý',
    noneLine: 'Khi thành phố trả lại một hồ sơ, mã của hồ sơ và Tổ phải sửa sẽ hiện ở đây.',
  },
  {
    title: 'To attend',
    count: (n: number) => (n === 1 ? '1 record sent back, a team has to correct it' : `${count(n, 'en')} records sent back, teams have to correct them`),
    line: (team: string, device: number, since: string) => `${team}, tablet ${device} · sent back ${since}`,
    how: 'Tell the team to open Today on their tablet: name and how to correct are there. Here is only the code, because names stay on the tablet.',
    none: 'Nothing to attend',
    noneLine: 'When the city sends a record back, its code and the team that has to correct it appear here.',
  },
);

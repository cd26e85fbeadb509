import { afterEach, expect, it } from 'vitest';
import type { State } from '../../backend/bindings';
import { language } from '../../i18n';
import { maskNumber } from '../../shared/format';
import { Watched } from '../../testing/watched';
import { story } from './story';

afterEach(() => language.set('vi'));

it('says in whole sentences what became of a registration', () => {
  const at = Date.UTC(2026, 10, 23, 7, 5) / 1000;
  expect(story({ state: 'received', initials: 'A', received_at: at })).toBe('Thành phố đã nhận lúc 14:05, 23/11/2026. Đang kiểm tra.');
  expect(story({ state: 'refused', initials: 'N.T.H', code: '7KQ2-M4XA-9RTW', reason: { field: 'pin', code: 'pin_missing' } })).toBe(
    'Cần đến lại: N.T.H, 7KQ2-M4XA-9RTW. Hồ sơ còn thiếu số định danh. Bổ sung khi có số. Quét lại thẻ căn cước để sửa.',
  );
  expect(story({ state: 'refused', initials: 'N.T.H', reason: { field: 'record', code: 'person_deceased' } })).not.toContain('để sửa');
});

it('has a sentence for every state of every record, in both languages', async () => {
  const program = await Watched.open('volunteer');
  const { items } = await program.call('list', { states: [], offset: 0, limit: 200 });
  for (const each of ['vi', 'en'] as const) {
    language.set(each);
    const seen = new Map<State, string>();
    for (const { rid } of items) {
      const shown = await program.call('show', { rid });
      seen.set(shown.state, story(shown));
    }
    expect(seen.size).toBeGreaterThan(6);
    for (const sentence of seen.values()) expect(sentence).not.toMatch(/undefined|NaN|^$/);
  }
  await program.stage.close();
}, 60_000);

it('a masked number tells its last three digits only', () => {
  expect(maskNumber('048188999301').replace(/\D/g, '')).toBe('301');
});

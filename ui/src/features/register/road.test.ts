/** The road of one registration. */

import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Draft } from '../../backend/bindings';
import { router } from '../../frame/router.svelte';
import { session } from '../../frame/session.svelte';
import { all, button, counted, heading, openStory, press, pressButton, textOf, until, wait } from '../../testing/walk';
import type { Watched } from '../../testing/watched';

let program: Watched;
let end: () => Promise<void>;

/** The first practice person's card. */
const CARD = '048188999301||Trần Thị Mỹ Hạnh|09021988|Nữ|K45/12 Ông Ích Khiêm, Tổ 18, Thạch Thang, Hải Châu, Đà Nẵng|10052022';
/** One whose number could be somebody's: its serial is not one of invented people. */
const REAL_CARD = '048188000123||Nguyễn Thị Thật|09021988|Nữ|Thạch Thang, Hải Châu, Đà Nẵng|10052022';

const answer = async (question: string, which: 'Đồng ý' | 'Không đồng ý') => {
  const set = await until(() => all('fieldset').find((each) => textOf(each).includes(question)), question);
  const label = [...set.querySelectorAll('label')].find((each) => textOf(each) === which);
  await press(label?.querySelector('input') as HTMLElement);
};

async function choosePicture(n: number): Promise<void> {
  const input = await until(() => document.querySelector<HTMLInputElement>('input[type=file]'), 'file input');
  const people = await program.call('practice_people', null);
  const bytes = Uint8Array.from(atob(people[n]?.card_png ?? ''), (c) => c.charCodeAt(0));
  Object.defineProperty(input, 'files', { configurable: true, value: [new File([bytes], 'the.png', { type: 'image/png' })] });
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

async function sign(): Promise<void> {
  const canvas = await until(() => document.querySelector('canvas'), 'canvas');
  canvas.getBoundingClientRect = () => new DOMRect(0, 0, 600, 200);
  canvas.setPointerCapture = () => undefined;
  const at = (type: string, x: number, y: number) =>
    canvas.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, pointerId: 1, button: 0, bubbles: true }));
  at('pointerdown', 50, 50);
  at('pointermove', 200, 120);
  at('pointermove', 300, 40);
  at('pointerup', 300, 40);
  await tick();
}

const asked = (name: string) => program.asked.filter((each) => each.name === name);
const lastDraft = () => (asked('put_draft').at(-1)?.args as { draft: Draft }).draft;

async function toCompare(n: number): Promise<void> {
  await pressButton('Quét thẻ');
  await pressButton('Chọn ảnh');
  await choosePicture(n);
  await heading('Người có tên trên thẻ');
}

beforeEach(async () => {
  ({ program, end } = await openStory('practice'));
  void router.start('today');
  await heading('Hôm nay');
  counted.presses = 0;
}, 60_000);

afterEach(() => end());

/** Goes on with another story. */
async function instead(story: string): Promise<void> {
  await end();
  ({ program, end } = await openStory(story));
}

describe('an adult with a card', () => {
  it('takes at most 7 presses besides phone digits and signature, and what is kept is what was chosen', async () => {
    await toCompare(0);
    const phone = await until(() => document.querySelector<HTMLInputElement>('input.phone'), 'phone');
    phone.value = '0905123456';
    phone.dispatchEvent(new Event('input', { bubbles: true }));
    await pressButton('Tiếp tục');
    await heading('Ông/bà có đồng ý không?');

    // Nothing is chosen beforehand, and nothing can be saved yet.
    expect(all<HTMLInputElement>('fieldset input').some((each) => each.checked)).toBe(false);
    expect(textOf(await button('Lưu'))).toContain('còn 4 mục chưa chọn');

    await answer('Lập và quản lý', 'Đồng ý');
    await answer('Gọi hoặc nhắn tin', 'Không đồng ý');
    await answer('Cho phường/xã', 'Đồng ý');
    await sign();
    await pressButton('Lưu');
    await heading('Đã ghi nhận đăng ký');
    expect(counted.presses).toBeLessThanOrEqual(7);

    const saved = (asked('save').at(-1)?.args as { draft: Draft }).draft;
    expect(saved.consent).toMatchObject({ account: true, contact: false, help: true, read_aloud: false });
    expect(saved.consent.signatures).toMatchObject([{ signer: 'myself', manner: 'drawn', witness: null }]);
    expect(saved.consent.signatures[0]?.strokes?.length).toBeGreaterThan(3);
    expect(saved.phone).toEqual({ number: '0905123456', owner: 'myself' });
    expect(saved.residence).toMatchObject({ commune: '20242', group: 'Tổ 18', house: 'K45/12 Ông Ích Khiêm', lodging: false });
    expect(asked('save')).toHaveLength(1);
  }, 60_000);

  it('before the camera: nothing is pressed for it, and what cannot be used is said while looking goes on', async () => {
    await pressButton('Quét thẻ');
    await until(() => document.body.textContent?.includes('Đưa mã QR trên thẻ vào khung'), 'the camera');
    await until(() => document.querySelector('img[src*="/camera/"]'), 'its picture');
    await program.stage.script({ hold_up: REAL_CARD });
    await until(() => document.body.textContent?.includes('Đây là thẻ thật'), 'refused');
    expect(document.querySelector('.camera.found')).toBeNull();
    expect(program.run).toBeDefined();
    // Told of another run: of a page that was left.
    program.emit('scan', { told: 'refused', run: 4711, code: 'vneid' });
    await program.stage.script({ hold_up: CARD });
    await heading('Người có tên trên thẻ');
    expect(document.body.textContent).not.toContain('mã trong VNeID');
    expect(counted.presses).toBe(1);
    await pressButton('Tiếp tục');
    await heading('Ông/bà có đồng ý không?');
    expect(lastDraft().name).toEqual({ value: 'Trần Thị Mỹ Hạnh', source: 'scanned' });
  }, 60_000);

  it('leaves the camera off with the page, also when it is left before the camera is open', async () => {
    await pressButton('Quét thẻ');
    await until(() => program.run, 'a run');
    await pressButton('Hôm nay');
    await heading('Hôm nay');
    await until(() => program.run === undefined, 'the camera is off');
    program.delay = 30;
    await pressButton('Quét thẻ');
    await until(() => asked('start_scan').length === 2, 'asked');
    await pressButton('Hôm nay');
    await until(() => asked('stop_scan').length === 2, 'stopped');
    await until(() => program.run === undefined, 'the camera is off again');
    program.delay = 0;
  }, 60_000);

  it('meets every trouble of the camera with words and a way on', async () => {
    await pressButton('Quét thẻ');
    await until(() => document.body.textContent?.includes('Đưa mã QR'), 'the camera');
    for (const [mood, says] of [
      ['black', 'Hình đen'],
      ['lost', 'Camera vừa bị rút ra'],
      ['busy', 'Chương trình khác đang dùng camera'],
      ['stalled', 'Camera không gửi hình nữa'],
      // Last: a camera that stalled comes back by itself, one that is not there does not.
      ['none', 'Không thấy camera nào'],
    ] as const) {
      await program.stage.script({ camera: mood });
      // What only opening a camera shows.
      if (mood !== 'black' && mood !== 'lost') (await button('Thử lại')).click();
      await until(() => document.body.textContent?.includes(says), says);
      await button('Thử lại');
      await button('Chọn ảnh');
      await button('Nhập theo VNeID');
    }
    await program.stage.script({ camera: 'well' });
    const before = asked('start_scan').length;
    (await button('Thử lại')).click();
    await until(() => asked('start_scan').length === before + 1, 'again');
    await until(() => document.body.textContent?.includes('Đưa mã QR'), 'the camera again');
  }, 60_000);

  it('with a scanner that types, without a phone: two questions, five presses', async () => {
    await pressButton('Quét thẻ');
    const field = await until(() => all<HTMLInputElement>('input.text')[0], 'scanner');
    window.dispatchEvent(new KeyboardEvent('keydown', { key: '0' }));
    expect(document.activeElement).toBe(field);
    field.value = CARD;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    await heading('Người có tên trên thẻ');
    await pressButton('Tiếp tục');
    await answer('Lập và quản lý', 'Đồng ý');
    expect(document.body.textContent).not.toContain('Gọi hoặc nhắn tin cho tôi');
    await answer('Cho phường/xã', 'Không đồng ý');
    await sign();
    await pressButton('Lưu');
    await heading('Đã ghi nhận đăng ký');
    expect(counted.presses).toBe(5);
  }, 60_000);
});

describe('a no to the first purpose', () => {
  it('erases at once and leaves no form behind', async () => {
    await toCompare(0);
    await pressButton('Tiếp tục');
    await answer('Lập và quản lý', 'Không đồng ý');
    await heading('Ông/bà không đồng ý');
    expect(document.body.textContent).toContain('Máy xóa ngay thông tin vừa quét');
    expect(asked('save')).toHaveLength(1);
    await pressButton('Về Hôm nay');
    await heading('Hôm nay');
    expect((await program.call('drafts', null)).length).toBe(0);
    // Nothing of it is written again by a timer that was late.
    const before = asked('put_draft').length;
    await wait(400);
    expect(asked('put_draft')).toHaveLength(before);
  }, 60_000);

  it('reached with an arrow key, asks once more before it erases', async () => {
    await toCompare(0);
    await pressButton('Tiếp tục');
    await heading('Ông/bà có đồng ý không?');
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
    await answer('Lập và quản lý', 'Không đồng ý');
    await wait(50);
    expect(asked('save')).toHaveLength(0);
    await pressButton('Xóa ngay');
    await heading('Ông/bà không đồng ý');
    expect(asked('save')).toHaveLength(1);
  }, 60_000);
});

describe('the form is kept', () => {
  it('after a change by itself, the source of a corrected line says so, and it comes back after a lock', async () => {
    await toCompare(0);
    (await until(() => document.querySelector<HTMLButtonElement>('[aria-label="Sửa Họ tên"]'), 'pencil')).click();
    const name = await until(() => document.querySelector<HTMLInputElement>('[data-field=name] input'), 'name');
    name.value = 'Trần Thị Mỹ Hằng';
    name.dispatchEvent(new Event('input', { bubbles: true }));
    const before = asked('put_draft').length;
    await until(() => asked('put_draft').length > before, 'put_draft');
    expect(lastDraft().name).toEqual({ value: 'Trần Thị Mỹ Hằng', source: 'edited' });
    expect(lastDraft().pin?.source).toBe('scanned');

    // Changed and handed over before it was kept: kept first.
    name.value = 'Trần Thị Mỹ Hạnh';
    name.dispatchEvent(new Event('input', { bubbles: true }));
    await session.lock();
    expect(lastDraft().name?.value).toBe('Trần Thị Mỹ Hạnh');
    expect(program.asked.findLastIndex((each) => each.name === 'put_draft')).toBeLessThan(
      program.asked.findLastIndex((each) => each.name === 'lock'),
    );
    await heading('Ai đang dùng máy?');
    expect(document.body.textContent).not.toContain('Mỹ Hạnh');
  }, 60_000);

  it('where it cannot be kept nothing is locked and the page says so', async () => {
    await toCompare(0);
    (await until(() => document.querySelector<HTMLButtonElement>('[aria-label="Sửa Họ tên"]'), 'pencil')).click();
    const name = await until(() => document.querySelector<HTMLInputElement>('[data-field=name] input'), 'name');
    program.refuse('put_draft', 'disk_full');
    name.value = 'Trần Thị Mỹ';
    name.dispatchEvent(new Event('input', { bubbles: true }));
    await session.lock();
    expect(asked('lock')).toHaveLength(0);
    await until(() => document.body.textContent?.includes('Chưa giữ được thay đổi'), 'note');
    program.accept('put_draft');
    await session.lock();
    expect(asked('lock')).toHaveLength(1);
  }, 60_000);

  it('says nothing of what is missing before somebody goes on', async () => {
    await pressButton('Quét thẻ');
    await pressButton('Người dân đọc số');
    await heading('Nhập thông tin');
    expect(document.querySelector('[aria-invalid="true"]')).toBeNull();
    await pressButton('Tiếp tục');
    await until(() => document.querySelector('[aria-invalid="true"]'), 'marked');
    expect(document.body.textContent).toContain('Mục này còn trống');
  }, 60_000);
});

describe('a record that came back', () => {
  it('is corrected with the refused field open and marked, and asks nobody to sign again', async () => {
    await instead('volunteer');
    const task = (await program.call('tasks', null)).find((each) => each.content && each.field === 'sex');
    await router.start('more');
    await router.start('today');
    await press(await until(() => all<HTMLButtonElement>('.listrow').find((each) => textOf(each).includes(task?.initials ?? '?')), 'task'));
    await heading('Sửa hồ sơ bị trả lại');
    const sex = await until(() => document.querySelector('[data-field=sex]'), 'sex');
    expect(textOf(sex)).toContain('Giới tính chưa khớp dữ liệu dân cư.');
    all<HTMLInputElement>('[data-field=sex] input').find((each) => !each.checked)?.click();
    await tick();
    await pressButton('Lưu bản sửa');
    await heading('Đã lưu bản sửa');
    const { rid, draft } = asked('correct')[0]?.args as { rid: string; draft: Draft };
    expect(rid).toBe(task?.rid);
    expect(draft.sex?.source).toBe('edited');
    // A correction is no draft: nothing of it was kept on the way.
    expect(asked('put_draft')).toHaveLength(0);
  }, 60_000);

  it('whose content is gone is scanned again under the same registration', async () => {
    await instead('volunteer');
    const task = (await program.call('tasks', null)).find((each) => !each.content);
    await router.start('more');
    await router.start('today');
    await press(await until(() => all<HTMLButtonElement>('.listrow').find((each) => textOf(each).includes(task?.initials ?? '?')), 'task'));
    await heading('Quét lại thẻ của');
    expect(document.body.textContent).not.toContain('Giấy khai sinh');
  }, 60_000);
});

describe('signing in', () => {
  it('says how many tries are left, then counts the wait down, and erases what was typed', async () => {
    await instead('volunteer-locked');
    await heading('Ai đang dùng máy?');
    expect(document.body.textContent).toContain('12 hồ sơ chờ gửi');
    const nobody = await button('Hà Văn Tám');
    nobody.click();
    await heading('Ai đang dùng máy?');
    await pressButton('Nguyễn Văn Bình');
    const type = async (pin: string) => {
      const input = await until(() => document.querySelector<HTMLInputElement>('input[type=password]'), 'pin');
      input.value = pin;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      await pressButton('Mở máy');
    };
    for (const left of [4, 3, 2, 1]) {
      await type('111222');
      await until(() => document.body.textContent?.includes(`Gõ sai ${left} lần nữa`), `${left} tries`);
      expect(document.querySelector<HTMLInputElement>('input[type=password]')?.value).toBe('');
    }
    await type('111222');
    await until(() => document.body.textContent?.includes('Chờ 30 giây'), 'wait');
    const before = asked('sign_in').length;
    await type('246813');
    await wait(50);
    expect(asked('sign_in')).toHaveLength(before);
  }, 60_000);
});

describe('a child of eleven with a birth certificate', () => {
  it('needs father, mother or guardian; both choose how they sign, and each sentence is theirs', async () => {
    await pressButton('Quét thẻ');
    await press(await until(() => all<HTMLButtonElement>('.cards button').find((each) => textOf(each).includes('Phan Gia Bảo')), 'person'));
    await heading('Nhập thông tin');
    const fill = async (selector: string, value: string) => {
      const input = await until(() => document.querySelector<HTMLInputElement>(selector), selector);
      input.value = value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const choose = async (legend: string, which: string) => {
      const set = await until(() => all('fieldset').find((each) => textOf(each).startsWith(legend)), legend);
      const label = await until(() => [...set.querySelectorAll('label')].find((each) => textOf(each) === which), which);
      label.querySelector('input')?.click();
      await tick();
    };
    await fill('[data-field=name] input', 'Phan Gia Bảo');
    await fill('[data-field=pin] input', '048215999414');
    await fill('[data-field=birth] input', '3/9/2015');
    await choose('Giới tính', 'Nam');
    await choose('Nơi đang ở', 'Nhà này');
    const commune = await until(() => document.querySelector<HTMLInputElement>('input[role=combobox]'), 'the communes');
    const key = async (name: string) => {
      commune.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
      await wait(30);
    };
    commune.focus();
    await key('ArrowDown');
    await fill('input[role=combobox]', 'Hòa Khánh');
    await until(() => all('[role=option]').map(textOf).join() === 'Phường Hòa Khánh', 'the commune');
    await key('ArrowDown');
    await key('Enter');
    const group = all<HTMLElement>('label').find((each) => textOf(each) === 'Tổ / thôn') as HTMLLabelElement;
    await fill(`#${CSS.escape(group.htmlFor)}`, 'Tổ 7');
    await until(() => document.body.textContent?.includes('Trẻ 11 tuổi'), 'representative');
    await choose('Quan hệ với trẻ', 'Mẹ');
    await fill('section[aria-label="Người đại diện"] input.name', 'Nguyễn Thị Lan');
    await fill('section[aria-label="Người đại diện"] input.digits', '048188999301');
    await pressButton('Tiếp tục');
    await heading('Ông/bà có đồng ý không?');
    expect(document.body.textContent).toContain('Em đã được giải thích và đồng ý.');
    expect(document.body.textContent).toContain('Tôi là mẹ của em Phan Gia Bảo và đồng ý như trên.');
    await answer('Lập và quản lý', 'Đồng ý');
    await answer('Cho phường/xã', 'Không đồng ý');
    await sign();
    expect(textOf(await button('Lưu'))).toContain('còn 1 mục chưa chọn');
    (all<HTMLButtonElement>('button').filter((each) => textOf(each) === 'Không ký được').at(-1) as HTMLButtonElement).click();
    await choose('Không ký được thì', 'Người dân vẽ dấu ✕');
    await pressButton('Lưu');
    await heading('Đã ghi nhận đăng ký');
    const { draft } = asked('save')[0]?.args as { draft: Draft };
    expect(draft.consent.signatures.map(({ signer, manner }) => [signer, manner])).toEqual([
      ['myself', 'drawn'],
      ['representative', 'mark'],
    ]);
    expect(draft.representative).toEqual({ name: 'Nguyễn Thị Lan', relation: 'mother', pin: '048188999301' });
    expect([draft.name?.source, draft.birth]).toEqual([
      'birth_certificate',
      { value: '2015-09-03', source: 'birth_certificate' },
    ]);
  }, 60_000);
});

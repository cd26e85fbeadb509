/** The road of one registration. */

import { tick, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Draft } from '../../backend/bindings';
import { useBackend } from '../../backend/client';
import { device } from '../../backend/device.svelte';
import { World } from '../../backend/world';
import { qrPicture } from '../../backend/world/picture';
import { router } from '../../frame/router.svelte';
import { session } from '../../frame/session.svelte';
import { all, button, counted, heading, openWindow, press, pressButton, textOf, until, wait } from '../../walk';

let world: World;
let app: Record<string, unknown>;

const answer = async (question: string, which: 'Đồng ý' | 'Không đồng ý') => {
  const set = await until(() => all('fieldset').find((each) => textOf(each).includes(question)), question);
  const label = [...set.querySelectorAll('label')].find((each) => textOf(each) === which);
  await press(label?.querySelector('input') as HTMLElement);
};

async function choosePicture(n: number): Promise<void> {
  const input = await until(() => document.querySelector<HTMLInputElement>('input[type=file]'), 'file input');
  const bytes = Uint8Array.from(atob(qrPicture(n)), (c) => c.charCodeAt(0));
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

const asked = (name: string) => world.asked.filter((each) => each.name === name);
const lastDraft = () => (asked('put_draft').at(-1)?.args as { draft: Draft }).draft;

async function toCompare(n: number): Promise<void> {
  await pressButton('Quét thẻ');
  await pressButton('Chọn ảnh');
  await choosePicture(n);
  await heading('Người có tên trên thẻ');
}

beforeEach(async () => {
  world = new World('practice-empty');
  useBackend(world);
  app = openWindow();
  device.hear(await world.call('state', null));
  void router.start('today');
  await heading('Hôm nay');
  counted.presses = 0;
});

afterEach(async () => {
  await unmount(app);
  useBackend(undefined);
});

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
  }, 20_000);

  it('before the camera: nothing is pressed for it, and what cannot be used is said while looking goes on', async () => {
    await pressButton('Quét thẻ');
    await until(() => document.body.textContent?.includes('Đưa mã QR trên thẻ vào khung'), 'the camera');
    expect(document.querySelector('img[src^="data:image/svg"]')).not.toBeNull();
    world.emit('scan', { told: 'refused', run: world.eyes.run, code: 'real_card_in_demo' });
    await until(() => document.body.textContent?.includes('Đây là thẻ thật'), 'refused');
    expect(document.querySelector('.camera.found')).toBeNull();
    expect(world.eyes.run).toBeDefined();
    // Told of another run: of a page that was left.
    world.emit('scan', { told: 'refused', run: 4711, code: 'vneid' });
    world.eyes.holdUp(0);
    await heading('Người có tên trên thẻ');
    expect(document.body.textContent).not.toContain('mã trong VNeID');
    expect(counted.presses).toBe(1);
    await pressButton('Tiếp tục');
    await heading('Ông/bà có đồng ý không?');
    expect(lastDraft().name).toEqual({ value: 'Trần Thị Mỹ Hạnh', source: 'scanned' });
  }, 20_000);

  it('leaves the camera off with the page, also when it is left before the camera is open', async () => {
    await pressButton('Quét thẻ');
    await until(() => world.eyes.run, 'a run');
    await pressButton('Hôm nay');
    await heading('Hôm nay');
    expect(world.eyes.run).toBeUndefined();
    world.delay = 30;
    await pressButton('Quét thẻ');
    await until(() => asked('start_scan').length === 2, 'asked');
    await pressButton('Hôm nay');
    await wait(200);
    expect(world.eyes.run).toBeUndefined();
    world.delay = 0;
  }, 20_000);

  it('meets every trouble of the camera with words and a way on', async () => {
    await pressButton('Quét thẻ');
    await until(() => document.body.textContent?.includes('Đưa mã QR'), 'the camera');
    for (const [stands, says] of [
      ['camera_stalled', 'Camera không gửi hình nữa'],
      ['camera_black', 'Hình đen'],
      ['camera_busy', 'Chương trình khác đang dùng camera'],
      ['camera_lost', 'Camera vừa bị rút ra'],
      ['no_camera', 'Không thấy camera nào'],
    ] as const) {
      world.eyes.stands(stands);
      await until(() => document.body.textContent?.includes(says), says);
      await button('Thử lại');
      await button('Chọn ảnh');
      await button('Nhập theo VNeID');
    }
    const before = asked('start_scan').length;
    (await button('Thử lại')).click();
    await until(() => asked('start_scan').length === before + 1, 'again');
    await until(() => document.body.textContent?.includes('Đưa mã QR'), 'the camera again');
  }, 20_000);

  it('with a scanner that types, without a phone: two questions, five presses', async () => {
    await pressButton('Quét thẻ');
    const field = await until(() => all<HTMLInputElement>('input.text')[0], 'scanner');
    window.dispatchEvent(new KeyboardEvent('keydown', { key: '0' }));
    expect(document.activeElement).toBe(field);
    field.value = '048188999301||Trần Thị Mỹ Hạnh|09021988|Nữ|K45/12 Ông Ích Khiêm, Tổ 18, Thạch Thang, Hải Châu, Đà Nẵng|10052022';
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
  }, 20_000);
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
    expect((await world.call('drafts', null)).length).toBe(0);
    // Nothing of it is written again by a timer that was late.
    const before = asked('put_draft').length;
    await wait(400);
    expect(asked('put_draft')).toHaveLength(before);
  }, 20_000);

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
  }, 20_000);
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
    expect(world.asked.findLastIndex((each) => each.name === 'put_draft')).toBeLessThan(
      world.asked.findLastIndex((each) => each.name === 'lock'),
    );
    await heading('Ai đang dùng máy?');
    expect(document.body.textContent).not.toContain('Mỹ Hạnh');
  }, 20_000);

  it('where it cannot be kept nothing is locked and the page says so', async () => {
    await toCompare(0);
    (await until(() => document.querySelector<HTMLButtonElement>('[aria-label="Sửa Họ tên"]'), 'pencil')).click();
    const name = await until(() => document.querySelector<HTMLInputElement>('[data-field=name] input'), 'name');
    world.refuse('put_draft', 'disk_full');
    name.value = 'Trần Thị Mỹ';
    name.dispatchEvent(new Event('input', { bubbles: true }));
    await session.lock();
    expect(asked('lock')).toHaveLength(0);
    await until(() => document.body.textContent?.includes('Chưa giữ được thay đổi'), 'note');
  }, 20_000);

  it('says nothing of what is missing before somebody goes on', async () => {
    await pressButton('Quét thẻ');
    await pressButton('Người dân đọc số');
    await heading('Nhập thông tin');
    expect(document.querySelector('[aria-invalid="true"]')).toBeNull();
    await pressButton('Tiếp tục');
    await until(() => document.querySelector('[aria-invalid="true"]'), 'marked');
    expect(document.body.textContent).toContain('Mục này còn trống');
  }, 20_000);
});

describe('a record that came back', () => {
  it('is corrected with the refused field open and marked, and asks nobody to sign again', async () => {
    world = new World('volunteer');
    useBackend(world);
    device.hear(await world.call('state', null));
    const task = (await world.call('tasks', null)).find((each) => each.content && each.field === 'birth');
    await router.start('more');
    await router.start('today');
    await press(await until(() => all<HTMLButtonElement>('.listrow').find((each) => textOf(each).includes(task?.initials ?? '?')), 'task'));
    await heading('Sửa hồ sơ bị trả lại');
    const birth = await until(() => document.querySelector<HTMLInputElement>('[data-field=birth] input'), 'birth');
    expect(textOf(document.querySelector('[data-field=birth]') as Element)).toContain('Ngày sinh chưa khớp dữ liệu dân cư.');
    birth.value = '1/2/1990';
    birth.dispatchEvent(new Event('input', { bubbles: true }));
    await pressButton('Lưu bản sửa');
    await heading('Đã lưu bản sửa');
    const { rid, draft } = asked('correct')[0]?.args as { rid: string; draft: Draft };
    expect(rid).toBe(task?.rid);
    expect(draft.birth).toMatchObject({ value: '1990-02-01', source: 'edited' });
    // A correction is no draft: nothing of it was kept on the way.
    expect(asked('put_draft')).toHaveLength(0);
  }, 20_000);

  it('whose content is gone is scanned again under the same registration', async () => {
    world = new World('volunteer');
    useBackend(world);
    device.hear(await world.call('state', null));
    const task = (await world.call('tasks', null)).find((each) => !each.content);
    await router.start('more');
    await router.start('today');
    await press(await until(() => all<HTMLButtonElement>('.listrow').find((each) => textOf(each).includes(task?.initials ?? '?')), 'task'));
    await heading('Quét lại thẻ của');
    expect(document.body.textContent).not.toContain('Giấy khai sinh');
  }, 20_000);
});

describe('signing in', () => {
  it('says how many tries are left, then counts the wait down, and erases what was typed', async () => {
    world = new World('volunteer-locked');
    useBackend(world);
    device.hear(await world.call('state', null));
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
      await wait(20);
    };
    await type('111222');
    await until(() => document.body.textContent?.includes('Gõ sai 4 lần nữa'), 'tries');
    expect(document.querySelector<HTMLInputElement>('input[type=password]')?.value).toBe('');
    for (let i = 0; i < 4; i++) await type('111222');
    await until(() => document.body.textContent?.includes('Chờ 60 giây'), 'wait');
    const before = asked('sign_in').length;
    await type('246813');
    expect(asked('sign_in')).toHaveLength(before);
  }, 20_000);
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
  }, 20_000);
});

/** Paper: whose cards go on a sheet, and what a look at the print says before it is handed over. */

import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Found } from '../../backend/bindings';
import { router } from '../../frame/router.svelte';
import { all, button, heading, press, pressButton, sees, textOf, until, volunteer } from '../../testing/walk';
import type { Watched } from '../../testing/watched';

let program: Watched;
let end: () => Promise<void>;

const asked = (name: string) => program.asked.filter((each) => each.name === name);
const printed = () => asked('print_paper').at(-1)?.args;
const newest = async (state: Found['state']) =>
  (await program.call('list', { states: [state], offset: 0, limit: 1 })).items[0] as Found;

beforeEach(async () => ({ program, end } = await volunteer()));
afterEach(() => end());

describe('a sheet of cards', () => {
  it('holds a whole house, without who changed their mind', async () => {
    const houses = await program.call('households', null);
    const house = houses.find((each) => each.people.length === 3 && each.people.every((person) => person.state === 'queued'));
    const [gone = '', ...rids] = house?.people.map((person) => person.rid) ?? [];
    await program.call('withdraw', { rid: gone });
    await router.go('household', { id: house?.id ?? '' });
    await pressButton('In thẻ cả nhà (2)');
    await heading('In thẻ của 2 người');
    await sees('Tờ A4 mười thẻ · 1 trang');
    await press(await until(() => all<HTMLButtonElement>('button.primary').find((each) => textOf(each) === 'In' && each.getAttribute('aria-disabled') !== 'true'), 'print'));
    expect(printed()).toMatchObject({ paper: 'sheet', rids });
  }, 60_000);

  it('holds those who were ticked; more than ten are on two sheets, each to be looked at; back finds them ticked', async () => {
    await router.go('chooseCards');
    await heading('Chọn người để in thẻ');
    const boxes = () => all<HTMLInputElement>('input[type=checkbox]');
    await until(() => boxes().length > 12, 'people');
    expect(boxes().some((box) => box.checked)).toBe(false);
    expect(textOf(await button('In'))).toContain('chưa chọn ai');
    await pressButton('Chọn 10 người mới nhất');
    await button('In 10 thẻ trên 1 tờ A4');
    for (const n of [1, 10, 11]) boxes()[n]?.click();
    await tick();
    await pressButton('In 11 thẻ trên 2 tờ A4');
    await heading('In thẻ của 11 người');
    await sees('Trang 1/2');
    await pressButton('Sau');
    await sees('Trang 2/2');
    expect(asked('preview').at(-1)?.args).toMatchObject({ page: 1 });
    await pressButton('Quay lại');
    await heading('Chọn người để in thẻ');
    await until(() => boxes().filter((box) => box.checked).length === 11, 'ticked');
    const { items } = await program.call('list', { states: [], offset: 0, limit: 20 });
    const withdrawn = items.find((each) => each.state === 'withdrawn');
    expect(all('fieldset label').some((each) => withdrawn && textOf(each).includes(withdrawn.code ?? '?'))).toBe(false);
    await pressButton('Bỏ chọn hết');
    expect(boxes().some((box) => box.checked)).toBe(false);
  }, 60_000);
});

describe('a look at the print', () => {
  it('stands where the camera was, which is off, with one next step', async () => {
    const { rid, name, code } = await newest('queued');
    const other = await newest('received');
    await router.go('print', { rid, name: name ?? '' });
    await press(await until(() => all<HTMLButtonElement>('button.primary').find((each) => textOf(each) === 'In' && each.getAttribute('aria-disabled') !== 'true'), 'print'));
    await sees('Quét lại thẻ vừa in');
    await until(() => program.run, 'the camera');
    expect(document.querySelector('figure')).toBeNull();

    await program.stage.script({ hold_up: other.code ?? '' });
    await sees('Đây là mã của người khác. Đừng trao.');
    await until(() => program.run === undefined, 'the camera is off');
    expect(document.querySelector('.camera')).toBeNull();
    await until(() => all('button.primary').map(textOf).join() === 'In lại', 'one next step');

    await program.stage.script({ hold_up: code ?? '' });
    await pressButton('Quét lại');
    await sees('Đúng thẻ của người này. Có thể trao.');
    await until(() => program.run === undefined, 'the camera is off');
    expect(all('button.primary').map(textOf)).toEqual(['Đã trao thẻ']);
    await pressButton('Đã trao thẻ');
    await heading('Mục khác');
  }, 60_000);

  it('listens to a scanner that types, wherever the focus is', async () => {
    const { rid, name, code } = await newest('queued');
    await router.go('print', { rid, name: name ?? '' });
    await press(await until(() => all<HTMLButtonElement>('button.primary').find((each) => textOf(each) === 'In' && each.getAttribute('aria-disabled') !== 'true'), 'print'));
    const field = await until(() => document.querySelector<HTMLInputElement>('main input.text'), 'field');
    window.dispatchEvent(new KeyboardEvent('keydown', { key: '7' }));
    expect(document.activeElement).toBe(field);
    field.value = code ?? '';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    await sees('Đúng thẻ của người này.');
  }, 60_000);
});

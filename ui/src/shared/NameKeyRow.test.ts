import { flushSync, mount } from 'svelte';
import { expect, it } from 'vitest';
import NameKeyRow from './NameKeyRow.svelte';

it('puts a letter at the caret, a capital where a word begins, and tells the input', () => {
  const input = document.body.appendChild(document.createElement('input'));
  const target = document.body.appendChild(document.createElement('div'));
  let heard = 0;
  input.addEventListener('input', () => heard++);
  mount(NameKeyRow, { target, props: { target: input } });
  flushSync();
  const key = (letter: string) =>
    [...target.querySelectorAll('button')].find((button) => button.textContent === letter) as HTMLButtonElement;

  input.value = 'Bhnuch Ng';
  input.setSelectionRange(2, 2);
  key("'").click();
  expect(input.value).toBe("Bh'nuch Ng");
  input.setSelectionRange(4, 5);
  key('ư').click();
  expect(input.value).toBe("Bh'nưch Ng");
  input.setSelectionRange(8, 8);
  key('đ').click();
  expect(input.value).toBe("Bh'nưch ĐNg");
  expect(heard).toBe(3);
});

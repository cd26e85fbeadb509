import { afterEach, expect, it, vi } from 'vitest';
import type { Found } from '../../backend/bindings';
import { useBackend } from '../../backend/client';
import { nobody } from '../../testing/nobody';
import { fold } from '../../shared/fold';
import { Scripted } from '../../testing/scripted';
import { all, until, volunteer } from '../../testing/walk';
import { search, Searcher } from './search.svelte';

afterEach(() => useBackend(nobody));

const person = (name: string): Found => ({ rid: name, name, state: 'queued', initials: 'A' });
const settle = () => new Promise((done) => setTimeout(done, 20));

it('asks at once, and while an answer is on its way only the newest text waits', async () => {
  const asked: string[] = [];
  let answer: (() => void) | undefined;
  useBackend(
    new Scripted().answer('search', ({ text }) => {
      asked.push(text);
      return new Promise((done) => (answer = () => done([person(text)])));
    }),
  );
  const searcher = new Searcher();
  for (const text of ['n', 'ng', 'ngu']) searcher.type(text);
  await settle();
  expect(asked).toEqual(['n']);
  answer?.();
  await settle();
  expect(asked).toEqual(['n', 'ngu']);
  answer?.();
  await vi.waitFor(() => expect(searcher.found.value?.[0]?.name).toBe('ngu'));
  expect(asked).toHaveLength(2);
});

it('a question that is refused does not keep the next from being asked', async () => {
  let first = true;
  useBackend(
    new Scripted().answer('search', ({ text }) => {
      if (!first) return [person(text)];
      first = false;
      throw new Error('no answer');
    }),
  );
  const searcher = new Searcher();
  searcher.type('an');
  await settle();
  searcher.type('anh');
  await vi.waitFor(() => expect(searcher.found.value?.[0]?.name).toBe('anh'));
});

it('forgets everything when the text is empty again, also what is on its way', async () => {
  let answer: (() => void) | undefined;
  useBackend(new Scripted().answer('search', ({ text }) => new Promise((done) => (answer = () => done([person(text)])))));
  const searcher = new Searcher();
  searcher.type('an');
  await settle();
  searcher.type(' ');
  answer?.();
  await settle();
  expect(searcher.found.value).toBeUndefined();
});

it('finds without marks', async () => {
  const { program, end } = await volunteer();
  const { items } = await program.call('list', { states: ['queued'], offset: 0, limit: 1 });
  const name = items[0]?.name ?? '';
  expect(fold(name)).not.toBe(name.toLowerCase());
  const searcher = new Searcher();
  searcher.type(fold(name));
  await vi.waitFor(() => expect(searcher.found.value?.some((each) => each.name === name)).toBe(true), 10_000);
  await end();
}, 60_000);

it('takes the keys again when it is opened before it had quite closed', async () => {
  const { end } = await volunteer();
  search.show();
  const field = await until(() => all<HTMLInputElement>('[role="dialog"] input')[0], 'the field');
  await until(() => document.activeElement === field, 'the focus');
  field.blur();
  search.open = false;
  search.show();
  await until(() => document.activeElement === all('[role="dialog"] input')[0], 'the focus again');
  search.open = false;
  await end();
}, 60_000);

it('is emptied by one tap, which leaves the keys in the field', async () => {
  const { end } = await volunteer();
  search.show();
  const field = await until(() => all<HTMLInputElement>('[role="dialog"] input')[0], 'the field');
  expect(all('[role="dialog"] .looking button')).toEqual([]);
  field.value = 'nguyen';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  await until(() => all('[role="dialog"] [role="listitem"]').length > 0, 'people');
  const clear = await until(() => all<HTMLButtonElement>('[role="dialog"] .looking button')[0], 'the button');
  clear.focus();
  clear.click();
  await until(() => all('[role="dialog"] [role="listitem"]').length === 0, 'nobody');
  expect([field.value, document.activeElement === field]).toEqual(['', true]);
  search.open = false;
  await end();
}, 60_000);

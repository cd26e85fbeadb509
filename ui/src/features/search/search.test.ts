import { afterEach, expect, it, vi } from 'vitest';
import type { Found } from '../../backend/bindings';
import { useBackend } from '../../backend/client';
import { FakeBackend } from '../../backend/fake';
import { World } from '../../backend/world';
import { Searcher, SETTLE_MS } from './search.svelte';

afterEach(() => useBackend(undefined));

const person = (name: string): Found => ({ rid: name, name, state: 'queued', initials: 'A' });
const settle = () => new Promise((done) => setTimeout(done, SETTLE_MS + 20));

it('asks once for quick typing, within 60 ms', async () => {
  expect(SETTLE_MS).toBeLessThanOrEqual(60);
  const fake = new FakeBackend().answer('search', ({ text }) => [person(text)]);
  useBackend(fake);
  const searcher = new Searcher();
  for (const text of ['n', 'ng', 'ngu']) searcher.type(text);
  await vi.waitFor(() => expect(searcher.found.value?.[0]?.name).toBe('ngu'));
  expect(fake.asked).toHaveLength(1);
});

it('never shows an answer to an earlier text', async () => {
  const answers = new Map<string, () => void>();
  useBackend(
    new FakeBackend().answer('search', ({ text }) => new Promise((done) => answers.set(text, () => done([person(text)])))),
  );
  const searcher = new Searcher();
  searcher.type('an');
  await settle();
  searcher.type('anh');
  await settle();
  answers.get('anh')?.();
  await vi.waitFor(() => expect(searcher.found.value?.[0]?.name).toBe('anh'));
  answers.get('an')?.();
  await settle();
  expect(searcher.found.value?.[0]?.name).toBe('anh');
});

it('forgets everything when the text is empty again, also what is on its way', async () => {
  let answer: (() => void) | undefined;
  useBackend(new FakeBackend().answer('search', ({ text }) => new Promise((done) => (answer = () => done([person(text)])))));
  const searcher = new Searcher();
  searcher.type('an');
  await settle();
  searcher.type(' ');
  answer?.();
  await settle();
  expect(searcher.found.value).toBeUndefined();
});

it('finds without marks', async () => {
  useBackend(new World('volunteer'));
  const searcher = new Searcher();
  searcher.type('luong thi dieu');
  await vi.waitFor(() => expect(searcher.found.value).toBeDefined());
  expect(searcher.found.value?.every((each) => each.name === 'Lương Thị Diệu' || each.name === undefined)).toBe(true);
});

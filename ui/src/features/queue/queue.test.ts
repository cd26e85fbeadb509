import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Found, Queue, State } from '../../backend/bindings';
import { useBackend } from '../../backend/client';
import { nobody } from '../../testing/nobody';
import { language } from '../../i18n';
import { Scripted } from '../../testing/scripted';
import { Watched } from '../../testing/watched';
import { addsUp, counted, lines, ORDER } from './counts';
import { Pages } from './pages.svelte';
import { words } from './words';

afterEach(() => {
  useBackend(nobody);
  language.set('vi');
});

const queue = (by_state: Partial<Record<State, number>>, begun: number, conservation = true) =>
  ({ begun, by_state, unsent: by_state.queued ?? 0, conservation }) as Queue;

describe('counts in words', () => {
  it('every state has a line and a sentence in both languages', () => {
    const all = queue(Object.fromEntries(ORDER.map((state, i) => [state, i + 1])), 45);
    expect(lines(all).map((line) => line.count).reduce((sum, n) => sum + n)).toBe(counted(all));
    for (const each of ['vi', 'en'] as const) {
      language.set(each);
      for (const state of ORDER) expect(words.sentence[state]({ count: 1234 })).toMatch(each === 'vi' ? /^1\.234 / : /^1,234 /);
    }
  });

  it('adds up only where program and window agree', () => {
    expect(addsUp(queue({ queued: 2, accepted: 3 }, 5))).toBe(true);
    expect(addsUp(queue({ queued: 2, accepted: 3 }, 6))).toBe(false);
    expect(addsUp(queue({ queued: 2, accepted: 3 }, 5, false))).toBe(false);
  });

  it('leaves out empty lines and begins with what waits', () => {
    expect(lines(queue({ accepted: 3, refused: 1, queued: 2, discarded: 0 }, 6)).map((line) => line.state)).toEqual([
      'queued', 'refused', 'accepted',
    ]);
  });
});

describe('a list of thousands', () => {
  it('fetches only the pages that come into sight', async () => {
    const program = await Watched.open('volunteer-full');
    useBackend(program);
    const pages = new Pages(['queued']);
    await pages.begin();
    expect(pages.rows?.length).toBe(1600);
    expect(pages.rows?.filter((row) => row.found)).toHaveLength(200);
    pages.want(150);
    pages.want(1321);
    pages.want(1322);
    await vi.waitFor(() => expect(pages.rows?.[1321]?.found).toBeDefined(), 10_000);
    expect(program.asked.filter((each) => each.name === 'list')).toHaveLength(2);
    await program.stage.close();
  }, 60_000);

  it('drops a page that was asked for before a change', async () => {
    const answers: ((items: Found[]) => void)[] = [];
    const fake = new Scripted().answer(
      'list',
      () => new Promise((done) => answers.push((items) => done({ total: items.length, items }))),
    );
    useBackend(fake);
    const found = (rid: string): Found => ({ rid, state: 'queued', initials: 'A.B' });
    const pages = new Pages(['queued']);
    const old = pages.begin();
    const fresh = pages.begin();
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.([found('new')]);
    await fresh;
    answers[0]?.([found('old'), found('older')]);
    await old;
    expect(pages.rows?.map((row) => row.found?.rid)).toEqual(['new']);
  });
});

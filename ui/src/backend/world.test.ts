import { describe, expect, it } from 'vitest';
import type { BackendError } from './client';
import { HOSTILE, PIN, World } from './world';

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, each) => all + each, 0);

describe('the world in memory', () => {
  it.each(['volunteer', 'volunteer-full', 'volunteer-empty', 'coordinator', 'practice'])('%s: counts add up', async (name) => {
    const queue = await new World(name).call('queue', null);
    expect(sum(queue.by_state)).toBe(queue.begun);
    expect(queue.conservation).toBe(true);
    expect(queue.unsent).toBe(queue.by_state.queued);
  });

  it('gives long lists in pages', async () => {
    const world = new World('volunteer-full');
    const first = await world.call('list', { states: [], offset: 0, limit: 500 });
    const second = await world.call('list', { states: [], offset: 200, limit: 200 });
    expect(first.items).toHaveLength(200);
    expect(first.total).toBeGreaterThan(9000);
    expect(new Set([...first.items, ...second.items].map((each) => each.rid)).size).toBe(400);
  });

  it('takes a practice person from the card to the account', async () => {
    const world = new World('practice');
    const [person] = await world.call('practice_people', null);
    const scan = await world.call('read_idcard', { picture: person?.card_png ?? '', text: null });
    const { rid, draft, check } = await world.call('begin_draft', { draft: scan.draft, after: null });
    expect(check.problems.map((each) => each.field)).toContain('signature');
    draft.residence = { commune: '20242', group: 'Tổ 18', house: 'K45/12', lodging: false };
    draft.consent = {
      ...draft.consent, account: true, help: false,
      signatures: [{ signer: 'myself', manner: 'mark', strokes: null, witness: null }],
    };
    const saved = await world.call('save', { rid, draft });
    expect(saved.state).toBe('queued');
    const after = await world.call('queue', null);
    expect([after.begun, after.unsent]).toEqual([1, 1]);
    await world.call('sync_now', null);
    expect((await world.call('show', { rid })).state).toBe('received');
  });

  it('erases a form whose person does not agree', async () => {
    const world = new World('volunteer-empty');
    const { rid, draft } = await world.call('begin_draft', { draft: null, after: null });
    draft.consent.account = false;
    await expect(world.call('save', { rid, draft })).rejects.toMatchObject({ code: 'declined' });
    expect((await world.call('queue', null)).by_state.discarded).toBe(1);
  });

  it('counts wrong PINs', async () => {
    const world = new World('volunteer-locked');
    const refused = (await world.call('sign_in', { operator: 1, pin: '000000' }).catch((error: unknown) => error)) as BackendError;
    expect(refused.answer).toMatchObject({ code: 'wrong_pin', attempts_left: 4 });
    expect((await world.call('sign_in', { operator: 1, pin: PIN })).phase).toBe('open');
  });

  it('puts payloads into what people wrote', async () => {
    const { items } = await new World('volunteer-hostile').call('list', { states: [], offset: 0, limit: 50 });
    expect(items.some((each) => each.name === HOSTILE[0])).toBe(true);
  });
});

/** Pre-printed cards on a person's page: which one, since when, and another one in its place. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { router } from '../../frame/router.svelte';
import type { Watched } from '../../testing/watched';
import { button, heading, pressButton, sees, textOf, until, volunteer } from '../../testing/walk';

/** Cards of the story, by what was done with them. */
interface Props {
  card: Record<'handed' | 'given_up' | 'exchange' | 'blank' | 'bound', string>;
}

let program: Watched;
let card: Props['card'];
let end: () => Promise<void>;

/** The page of whoever was given this card. */
async function owner(number: string): Promise<string> {
  const { items } = await program.call('list', { states: [], offset: 0, limit: 200 });
  for (const { rid } of items) {
    const { cards } = await program.call('show', { rid });
    if (cards?.some((held) => held.number === number)) {
      await router.go('person', { rid });
      return rid;
    }
  }
  throw new Error('nobody');
}

beforeEach(async () => {
  ({ program, end } = await volunteer());
  ({ card } = (await program.stage.props()) as Props);
});
afterEach(() => end());

it('a lost card is given up without typing its number, and another one is bound', async () => {
  const rid = await owner(card.handed);
  await sees(card.handed);
  await sees('Gắn cho người này');
  await sees(`${card.given_up} Đã bỏ`);
  expect(textOf(document.body)).not.toContain('Dùng thẻ in sẵn');
  await pressButton('Hỏng hoặc mất');
  await sees(`Bỏ thẻ ${card.handed}?`);
  await pressButton('Bỏ và gắn thẻ khác');
  await heading('Thẻ in sẵn');
  expect(program.asked.findLast((each) => each.name === 'spoil_blank')?.args).toEqual({ text: card.handed, picture: null });
  await until(() => program.run, 'the camera');
  await program.stage.script({ hold_up: card.blank });
  await sees(`Đã gắn thẻ ${card.bound}.`);
  const { cards } = await program.call('show', { rid });
  expect(cards?.map(({ number, state }) => [number, state])).toEqual([
    [card.bound, 'bound'],
    [card.handed, 'spoiled'],
    [card.given_up, 'spoiled'],
  ]);
}, 60_000);

it('whoever has a card is not asked for another one before that is given up', async () => {
  const rid = await owner(card.handed);
  await router.go('prePrinted', { rid, code: '7KQ2-M4XA-9RTW' });
  await sees('Người này đang có thẻ in sẵn.');
  expect(program.run).toBeUndefined();
  await pressButton('Hỏng hoặc mất');
  await pressButton('Bỏ và gắn thẻ khác');
  await sees(`Đã bỏ thẻ ${card.handed}. Giờ quét thẻ mới.`);
  await button('Gắn thẻ này');
  await until(() => program.run, 'the camera');
}, 60_000);

it('a card that the city did not take says why, and leads to its exchange', async () => {
  await owner(card.exchange);
  await sees('đổi thẻ');
  await pressButton(card.exchange);
  await heading('Thẻ in sẵn');
  await sees(`Đổi thẻ ${card.exchange}: quét thẻ khác để gắn cho người này.`);
}, 60_000);

/** Pre-printed cards on a person's page: which one, since when, and another one in its place. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import type { World } from '../../backend/world';
import { numberOf } from '../../backend/world/blanks';
import { router } from '../../frame/router.svelte';
import { button, heading, pressButton, sees, textOf, until, volunteer } from '../../walk';

let world: World;
let end: () => Promise<void>;

/** The page of whoever was given this card. */
async function owner(serial: number): Promise<string> {
  const { items } = await world.call('list', { states: [], offset: 0, limit: 200 });
  for (const { rid } of items) {
    const { cards } = await world.call('show', { rid });
    if (cards?.some((card) => card.number === numberOf(serial))) {
      await router.go('person', { rid });
      return rid;
    }
  }
  throw new Error('nobody');
}

beforeEach(async () => ({ world, end } = await volunteer()));
afterEach(() => end());

it('a lost card is given up without typing its number, and another one is bound', async () => {
  const rid = await owner(40);
  await sees(numberOf(40));
  await sees('Gắn cho người này');
  await sees(`${numberOf(38)} Đã bỏ`);
  expect(textOf(document.body)).not.toContain('Dùng thẻ in sẵn');
  await pressButton('Hỏng hoặc mất');
  await sees(`Bỏ thẻ ${numberOf(40)}?`);
  await pressButton('Bỏ và gắn thẻ khác');
  await heading('Thẻ in sẵn');
  expect(world.asked.findLast((each) => each.name === 'spoil_blank')?.args).toEqual({ text: numberOf(40), picture: null });
  await until(() => world.eyes.run, 'the camera');
  world.eyes.holdText(`TNP1:${numberOf(60)}`);
  await sees(`Đã gắn thẻ ${numberOf(60)}.`);
  const { cards } = await world.call('show', { rid });
  expect(cards?.map((card) => [card.number, card.state])).toEqual([
    [numberOf(60), 'bound'],
    [numberOf(40), 'spoiled'],
    [numberOf(38), 'spoiled'],
  ]);
}, 20_000);

it('whoever has a card is not asked for another one before that is given up', async () => {
  const rid = await owner(40);
  await router.go('prePrinted', { rid, code: '7KQ2-M4XA-9RTW' });
  await sees('Người này đang có thẻ in sẵn.');
  expect(world.eyes.run).toBeUndefined();
  await pressButton('Hỏng hoặc mất');
  await pressButton('Bỏ và gắn thẻ khác');
  await sees(`Đã bỏ thẻ ${numberOf(40)}. Giờ quét thẻ mới.`);
  await button('Gắn thẻ này');
  await until(() => world.eyes.run, 'the camera');
}, 20_000);

it('a card that the city did not take says why, and leads to its exchange', async () => {
  await owner(41);
  await sees('đổi thẻ');
  await pressButton(numberOf(41));
  await heading('Thẻ in sẵn');
  await sees(`Đổi thẻ ${numberOf(41)}: quét thẻ khác để gắn cho người này.`);
}, 20_000);

/** For tests that walk the whole window over the device in memory as a person walks it, every press counted. */

import { flushSync, mount, tick, unmount } from 'svelte';
import App from './App.svelte';
import { useBackend } from './backend/client';
import { device } from './backend/device.svelte';
import { World } from './backend/world';
import { router } from './frame/router.svelte';
import Inside from './Inside.svelte';

export const counted = { presses: 0 };

/** Mounts the window; `unmount` of svelte closes it. */
export const openWindow = () => mount(App, { target: document.body, props: { inside: () => Promise.resolve({ default: Inside }) } });

export const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

export async function until<T>(found: () => T | null | undefined | false, what: string): Promise<T> {
  for (let i = 0; i < 300; i++) {
    flushSync();
    const it = found();
    if (it) return it;
    await wait(10);
  }
  throw new Error(`never: ${what}\n${document.body.textContent?.replace(/\s+/g, ' ').slice(0, 600)}`);
}

export const all = <E extends Element>(selector: string) => [...document.querySelectorAll<E>(selector)];
export const textOf = (element: Element) => (element.textContent ?? '').replace(/\s+/g, ' ').trim();
export const button = (name: string) =>
  until(() => all<HTMLButtonElement>('button').find((each) => textOf(each).startsWith(name)), `button ${name}`);

export async function press(element: HTMLElement): Promise<void> {
  await until(() => !('resting' in document.documentElement.dataset), 'rest');
  counted.presses++;
  element.click();
  await tick();
  await wait(5);
}

export const pressButton = async (name: string) => press(await button(name));
export const heading = (text: string) => until(() => all('h1').some((each) => textOf(each).includes(text)), `heading ${text}`);
export const sees = (text: string) => until(() => textOf(document.body).includes(text), text);

/** A volunteer's open window on a screen from which all others are opened. */
export async function volunteer(): Promise<{ world: World; end: () => Promise<void> }> {
  const world = new World('volunteer');
  useBackend(world);
  const app = openWindow();
  device.hear(await world.call('state', null));
  await heading('Hôm nay');
  // Opening the device is a move of its own, and only one goes on at a time.
  await wait(20);
  await router.start('more');
  await heading('Mục khác');
  const end = async () => {
    await unmount(app);
    useBackend(undefined);
  };
  return { world, end };
}

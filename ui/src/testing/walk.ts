/** For tests that walk the whole window on the real program as a person walks it, every press counted. */

import { flushSync, mount, tick, unmount } from 'svelte';
import App from '../App.svelte';
import { useBackend } from '../backend/client';
import { nobody } from './nobody';
import { device } from '../backend/device.svelte';
import { router } from '../frame/router.svelte';
import Inside from '../Inside.svelte';
import { Watched } from './watched';

export const counted = { presses: 0 };

/** Mounts the window; `unmount` of svelte closes it. */
export const openWindow = () => mount(App, { target: document.body, props: { inside: () => Promise.resolve({ default: Inside }) } });

export const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

export async function until<T>(found: () => T | null | undefined | false, what: string): Promise<T> {
  // For what never comes, not for a machine that is busy.
  for (let i = 0; i < 1500; i++) {
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

const rested = () => until(() => !('resting' in document.documentElement.dataset), 'rest');

export async function press(element: HTMLElement): Promise<void> {
  await rested();
  counted.presses++;
  element.click();
  await tick();
  await wait(5);
}

/** Found after the rest: the page may be another one by then. */
export async function pressButton(name: string): Promise<void> {
  await rested();
  await press(await button(name));
}

export const heading = (text: string) => until(() => all('h1').some((each) => textOf(each).includes(text)), `heading ${text}`);
export const sees = (text: string) => until(() => textOf(document.body).includes(text), text);

/** The window of a story. */
export async function openStory(story: string): Promise<{ program: Watched; end: () => Promise<void> }> {
  const program = await Watched.open(story);
  useBackend(program);
  const app = openWindow();
  device.hear(await program.call('state', null));
  const end = async () => {
    await unmount(app);
    useBackend(nobody);
    await program.stage.close();
  };
  return { program, end };
}

/** A volunteer's open window on a screen from which all others are opened. */
export async function volunteer(): Promise<{ program: Watched; end: () => Promise<void> }> {
  const opened = await openStory('volunteer');
  await heading('Hôm nay');
  // Opening the device is a move of its own, and only one goes on at a time.
  await wait(20);
  await router.start('more');
  await heading('Mục khác');
  return opened;
}

import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi as time } from 'vitest';
import Button from './Button.svelte';
import { createRawSnippet } from 'svelte';
import { REST_MS } from './press';

const children = createRawSnippet(() => ({ render: () => '<span>Lưu</span>' }));

let shown: Record<string, unknown>[] = [];
function show(props: object): HTMLButtonElement {
  const target = document.body.appendChild(document.createElement('div'));
  shown.push(mount(Button, { target, props: { children, ...props } }));
  return target.querySelector('button') as HTMLButtonElement;
}

beforeEach(() => time.useFakeTimers({ now: 1_000_000 }));
afterEach(async () => {
  time.advanceTimersByTime(REST_MS);
  time.useRealTimers();
  await Promise.all(shown.map((each) => unmount(each)));
  shown = [];
  document.body.replaceChildren();
});

describe('buttons', () => {
  it('a primary button takes one of two touches, and the one after the rest', () => {
    const pressed = time.fn();
    const button = show({ kind: 'primary', onpress: pressed });
    button.click();
    button.click();
    expect(pressed).toHaveBeenCalledTimes(1);
    expect(document.documentElement.dataset['resting']).toBe('');
    time.advanceTimersByTime(REST_MS);
    expect(document.documentElement.dataset['resting']).toBeUndefined();
    button.click();
    expect(pressed).toHaveBeenCalledTimes(2);
  });

  it('the second touch does not reach the primary button of the next screen', () => {
    const next = time.fn();
    show({ kind: 'primary' }).click();
    const after = show({ kind: 'primary', onpress: next });
    after.click();
    expect(next).not.toHaveBeenCalled();
  });

  it('a button that cannot be used says why, keeps its place for the keyboard and leads to what is missing', () => {
    const [pressed, blocked] = [time.fn(), time.fn()];
    const button = show({ kind: 'primary', why: 'còn 1 mục chưa chọn', onpress: pressed, onblocked: blocked });
    button.click();
    expect(pressed).not.toHaveBeenCalled();
    expect(blocked).toHaveBeenCalledOnce();
    expect(button.disabled).toBe(false);
    expect(button.getAttribute('aria-disabled')).toBe('true');
    expect(button.textContent).toContain('còn 1 mục chưa chọn');
  });
});

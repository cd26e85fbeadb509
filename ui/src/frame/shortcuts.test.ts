import { afterEach, describe, expect, it, vi } from 'vitest';
import { listenForShortcuts, onShortcut, shortcutOf } from './shortcuts';

afterEach(() => document.body.replaceChildren());

function press(key: string, on: string | EventTarget = 'div', more: KeyboardEventInit = {}): KeyboardEvent {
  const target = typeof on === 'string' ? document.body.appendChild(document.createElement(on)) : on;
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  return event;
}

describe('which key means what', () => {
  it.each([
    ['Enter', 'input', {}, 'next'],
    ['Enter', 'button', {}, undefined],
    ['Enter', 'textarea', {}, undefined],
    ['Enter', 'input', { isComposing: true }, undefined],
    ['Enter', 'input', { repeat: true }, undefined],
    ['Enter', 'input', { shiftKey: true }, undefined],
    ['Escape', 'input', {}, 'back'],
    ['F2', 'input', {}, 'scan'],
    ['k', 'input', {}, undefined],
    ['k', 'input', { ctrlKey: true }, 'search'],
    ['K', 'input', { ctrlKey: true }, 'search'],
  ] as const)('%s in %s %o: %s', (key, on, more, meant) => expect(shortcutOf(press(key, on, more))).toBe(meant));

  it('a dialog keeps Enter and Escape', () => {
    const dialog = document.body.appendChild(document.createElement('div'));
    dialog.setAttribute('role', 'dialog');
    expect([shortcutOf(press('Enter')), shortcutOf(press('Escape')), shortcutOf(press('F2'))]).toEqual([
      undefined,
      undefined,
      'scan',
    ]);
  });
});

it('the screen opened last answers, and the one below when it passes or has gone', () => {
  const stop = listenForShortcuts();
  const [below, above] = [vi.fn(), vi.fn(() => false as const)];
  const offBelow = onShortcut('next', below);
  const offAbove = onShortcut('next', above);
  expect(press('Enter', 'input').defaultPrevented).toBe(true);
  expect([above, below].map((answer) => answer.mock.calls.length)).toEqual([1, 1]);
  offAbove();
  press('Enter', 'input');
  expect([above, below].map((answer) => answer.mock.calls.length)).toEqual([1, 2]);
  offBelow();
  expect(press('Enter', 'input').defaultPrevented).toBe(false);
  stop();
});

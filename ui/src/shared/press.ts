/**
 * Wet fingers and gloves touch twice. After a primary action every primary button rests for a moment, also the one that
 * appears in the same place on the next screen. While they rest the root element carries `data-resting`, so that a test
 * knows when to press again.
 */
export const REST_MS = 600;

let until = -Infinity;
let timer: ReturnType<typeof setTimeout> | undefined;

/** True when this press counts; then the rest begins. */
export function takePress(now: number): boolean {
  if (now < until) return false;
  until = now + REST_MS;
  const root = document.documentElement;
  root.dataset['resting'] = '';
  clearTimeout(timer);
  // Both end at once: a timer may come a little early.
  timer = setTimeout(() => {
    until = -Infinity;
    delete root.dataset['resting'];
  }, REST_MS);
  return true;
}

/** The few keys that work everywhere. The screen opened last answers; a dialog keeps Enter and Escape for itself. */

export type Shortcut = 'next' | 'back' | 'scan' | 'search';

/** Return false to let the one below answer. */
type Answer = () => unknown;

const answers: Record<Shortcut, Answer[]> = { next: [], back: [], scan: [], search: [] };

/** Answers a shortcut until the returned function is called; fits `$effect`. */
export function onShortcut(shortcut: Shortcut, answer: Answer): () => void {
  const stack = answers[shortcut];
  stack.push(answer);
  return () => {
    const at = stack.lastIndexOf(answer);
    if (at >= 0) stack.splice(at, 1);
  };
}

/** Which shortcut a key press means where the focus is, if any. */
export function shortcutOf(event: KeyboardEvent): Shortcut | undefined {
  // Enter ends a word in Vietnamese typing before it means anything to us.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.repeat) return undefined;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === 'F2' && plain) return 'scan';
  if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey) return 'search';
  if (!plain || event.shiftKey || document.querySelector('[role="dialog"], [role="alertdialog"]')) return undefined;
  if (event.key === 'Escape') return 'back';
  if (event.key === 'Enter' && !hasItsOwnEnter(event.target)) return 'next';
  return undefined;
}

function hasItsOwnEnter(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('button, a[href], select, textarea, summary, [role="combobox"], [role="option"]') !== null
  );
}

function pressed(event: KeyboardEvent): void {
  const shortcut = shortcutOf(event);
  if (!shortcut) return;
  // Ctrl+K and F2 belong to the program even where no screen answers.
  if (shortcut === 'scan' || shortcut === 'search') event.preventDefault();
  for (const answer of answers[shortcut].toReversed()) {
    if (answer() !== false) {
      event.preventDefault();
      return;
    }
  }
}

/** Starts listening on the window; once, by the frame. */
export function listenForShortcuts(): () => void {
  window.addEventListener('keydown', pressed);
  return () => window.removeEventListener('keydown', pressed);
}

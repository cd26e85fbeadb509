/** Which printer a kind of paper comes out of. */

import type { Paper, Printers, PrintQueue } from '../../backend/bindings';

/** Whether this kind of paper can come out of this printer (the program decides the same again). */
export function fits(paper: Paper, queue: PrintQueue): boolean {
  if (queue.loaded === 'sheets') return true;
  return queue.loaded === (paper === 'card' ? 'cards' : paper === 'slip' ? 'roll' : 'sheets');
}

/** The printer used last for this paper, else the one made for it, else the system's own choice; one that is ready first. */
export function best(paper: Paper, printers: Printers): string | undefined {
  const fitting = printers.queues.filter((queue) => fits(paper, queue));
  const last = printers.chosen.find(([kind]) => kind === paper)?.[1];
  if (fitting.some((queue) => queue.name === last)) return last;
  const made = paper === 'card' ? 'cards' : paper === 'slip' ? 'roll' : 'sheets';
  const weight = (queue: PrintQueue) => (queue.ready ? 4 : 0) + (queue.loaded === made ? 2 : 0) + (queue.is_default ? 1 : 0);
  return fitting.toSorted((a, b) => weight(b) - weight(a))[0]?.name;
}

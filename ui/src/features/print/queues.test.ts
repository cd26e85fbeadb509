import { describe, expect, it } from 'vitest';
import type { Loaded, Printers, PrintQueue } from '../../backend/bindings';
import { best, fits } from './queues';

const queue = (name: string, loaded: Loaded, more: Partial<PrintQueue> = {}): PrintQueue => ({
  name, description: '', speaks: 'pdf', loaded, ready: true, trouble: null, is_default: false, ...more,
});
const printers = (queues: PrintQueue[], chosen: Printers['chosen'] = []): Printers => ({ queues, chosen, trouble: null });

describe('printers', () => {
  it('fit what lies in them', () => {
    expect((['card', 'sheet', 'slip', 'consent'] as const).map((paper) => fits(paper, queue('a', 'sheets')))).toEqual([true, true, true, true]);
    expect((['card', 'sheet', 'slip', 'consent'] as const).map((paper) => fits(paper, queue('a', 'cards')))).toEqual([true, false, false, false]);
    expect((['card', 'sheet', 'slip', 'consent'] as const).map((paper) => fits(paper, queue('a', 'roll')))).toEqual([false, false, true, false]);
  });

  it('are the one used last, also while it is off', () => {
    const off = queue('old', 'sheets', { ready: false, trouble: 'offline' });
    expect(best('card', printers([queue('cards', 'cards'), off], [['card', 'old']]))).toBe('old');
    expect(best('card', printers([queue('cards', 'cards')], [['card', 'gone']]))).toBe('cards');
  });

  it('are otherwise ready, made for it, and the own choice of the system, in this order', () => {
    const cards = queue('cards', 'cards', { ready: false, trouble: 'out_of_paper' });
    expect(best('card', printers([cards, queue('a', 'sheets'), queue('b', 'sheets', { is_default: true })]))).toBe('b');
    expect(best('slip', printers([queue('b', 'sheets', { is_default: true }), queue('roll', 'roll')]))).toBe('roll');
    expect(best('consent', printers([queue('roll', 'roll')]))).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { Rows } from './rows';

describe('rows of a long list', () => {
  it('agree with adding up every height, after any measuring and resizing', () => {
    const rows = new Rows(500, 80);
    let heights = Array<number>(500).fill(80);
    let state = 1;
    const roll = (below: number) => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) % below;
    for (let step = 0; step < 800; step++) {
      if (step % 97 === 0) {
        const count = 1 + roll(800);
        rows.resize(count);
        heights = Array.from({ length: count }, (_, i) => heights[i] ?? 80);
      } else {
        const [row, height] = [roll(heights.length), 48 + roll(100)];
        rows.measure(row, height);
        heights[row] = height;
      }
      const probe = roll(heights.length);
      const top = heights.slice(0, probe).reduce((sum, height) => sum + height, 0);
      expect(rows.top(probe)).toBe(top);
      expect(rows.at(top)).toBe(probe);
      expect(rows.at(top + (heights[probe] ?? 0) - 1)).toBe(probe);
    }
    expect(rows.total).toBe(heights.reduce((sum, height) => sum + height, 0));
  });

  it('draws a screenful of ten thousand, also at both ends', () => {
    const rows = new Rows(10_000, 80);
    expect(rows.window(0, 800, 6)).toEqual([0, 17]);
    expect(rows.window(rows.total, 800, 6)).toEqual([9993, 10_000]);
    expect(new Rows(0, 80).window(0, 800, 6)).toEqual([0, 0]);
  });
});

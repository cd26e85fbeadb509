import { describe, expect, it } from 'vitest';
import { decode, encode, MOST_BYTES, type Stroke, WANTED_BYTES } from './strokes';

/** A small repeatable source of numbers, 0 to 1. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function scribble(seed: number, strokes: number, points: number): Stroke[] {
  const roll = dice(seed);
  return Array.from({ length: strokes }, () => {
    const [x, y, fast] = [roll(), roll(), 2 + roll() * 20];
    return Array.from({ length: points }, (_, i) => ({
      x: x + 0.4 * (i / points) + 0.02 * Math.sin(i / fast),
      y: y + 0.3 * Math.sin(i / fast),
    }));
  });
}

describe('a signature in bytes', () => {
  it('is empty when nothing was drawn', () => expect(encode([[]])).toEqual([]));

  it('keeps a straight line as its two ends', () => {
    const line = Array.from({ length: 200 }, (_, i) => ({ x: i / 199, y: 0.5 }));
    expect(encode([line])).toEqual([0, 127, 254, 127]);
  });

  it('keeps a dot and tells strokes apart', () => {
    const strokes = decode(encode([[{ x: 0.25, y: 0.5 }], [{ x: 1, y: 1 }, { x: 0, y: 0 }]]));
    expect(strokes.map((stroke) => stroke.length)).toEqual([1, 2]);
  });

  it('is within what the program takes, whatever is drawn', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const bytes = encode(scribble(seed, 1 + (seed % 40), 5 + seed * 5));
      expect(bytes.length).toBeGreaterThan(0);
      expect(bytes.length).toBeLessThanOrEqual(MOST_BYTES);
      expect(bytes.length % 2).toBe(0);
      expect(bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)).toBe(true);
    }
    const dots = Array.from({ length: 900 }, (_, i): Stroke => [{ x: (i % 30) / 30, y: i / 900 }]);
    expect(encode(dots).length).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('stays near what was drawn for an ordinary signature', () => {
    const drawn = scribble(7, 3, 120);
    const bytes = encode(drawn);
    expect(bytes.length).toBeLessThanOrEqual(WANTED_BYTES);
    const kept = decode(bytes).flatMap((stroke) =>
      stroke.slice(1).flatMap((to, i) => {
        const from = stroke[i] ?? to;
        return Array.from({ length: 40 }, (_, s) => ({ x: from.x + ((to.x - from.x) * s) / 40, y: from.y + ((to.y - from.y) * s) / 40 }));
      }),
    );
    for (const point of drawn.flat()) {
      const [x, y] = [Math.min(1, point.x), Math.min(1, Math.max(0, point.y))];
      expect(Math.min(...kept.map((near) => Math.hypot(near.x - x, near.y - y)))).toBeLessThan(0.03);
    }
  });

  it('gives the same bytes again for what it gave (a draft is opened and saved)', () => {
    const once = encode(scribble(3, 2, 60));
    expect(encode(decode(once)).length).toBeLessThanOrEqual(once.length);
  });
});

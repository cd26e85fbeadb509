/**
 * A drawn signature as few bytes. Each stroke is a run of points; a point is two bytes, x and y on a grid of 255 x 255
 * over the box (0-254), and the pair 255, 255 stands between strokes. Coordinates only: no pressure, no speed, no picture.
 */

export interface Point {
  /** 0 to 1 from the left edge. */
  x: number;
  /** 0 to 1 from the top edge. */
  y: number;
}

export type Stroke = Point[];

/** What the program takes at most (bytes). */
export const MOST_BYTES = 400;
/** What is aimed for: a signature travels over thin networks. */
export const WANTED_BYTES = 150;

const GRID = 254;
const BETWEEN = 255;

type Cell = readonly [number, number];

function cells(stroke: Stroke): Cell[] {
  const out: Cell[] = [];
  for (const { x, y } of stroke) {
    const cell: Cell = [snap(x), snap(y)];
    const last = out.at(-1);
    if (!last || last[0] !== cell[0] || last[1] !== cell[1]) out.push(cell);
  }
  return out;
}

function snap(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * GRID);
}

function distance(p: Cell, a: Cell, b: Cell): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / square));
  return Math.hypot(p[0] - a[0] - along * dx, p[1] - a[1] - along * dy);
}

/** Ramer-Douglas-Peucker: the fewest points that stay within `tolerance` cells of the line drawn. */
function simplify(line: Cell[], tolerance: number): Cell[] {
  if (line.length < 3) return line;
  const keep = new Set([0, line.length - 1]);
  const spans: [number, number][] = [[0, line.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    let [far, at] = [tolerance, -1];
    for (let i = from + 1; i < to; i++) {
      const away = distance(line[i] as Cell, line[from] as Cell, line[to] as Cell);
      if (away > far) [far, at] = [away, i];
    }
    if (at >= 0) {
      keep.add(at);
      spans.push([from, at], [at, to]);
    }
  }
  return line.filter((_, i) => keep.has(i));
}

function pack(strokes: Cell[][]): number[] {
  return strokes.flatMap((stroke, i) => [...(i > 0 ? [BETWEEN, BETWEEN] : []), ...stroke.flat()]);
}

/** Bytes of a signature, never more than {@link MOST_BYTES}; empty when nothing was drawn. */
export function encode(strokes: Stroke[]): number[] {
  const lines = strokes.map(cells).filter((line) => line.length > 0);
  let bytes: number[] = [];
  for (let tolerance = 0.75; tolerance <= 12; tolerance *= 1.25) {
    bytes = pack(lines.map((line) => simplify(line, tolerance)));
    if (bytes.length <= WANTED_BYTES) return bytes;
  }
  if (bytes.length <= MOST_BYTES) return bytes;
  // Hundreds of dots or scratches. The longest strokes say who signed; they stay, in their order.
  const coarse = lines.map((line, i) => ({ i, line: simplify(line, 12), length: line.length }));
  const kept: typeof coarse = [];
  let room = MOST_BYTES;
  for (const each of coarse.toSorted((a, b) => b.length - a.length)) {
    const needs = 2 * each.line.length + (kept.length > 0 ? 2 : 0);
    if (needs > room) break;
    room -= needs;
    kept.push(each);
  }
  if (kept.length > 0) return pack(kept.sort((a, b) => a.i - b.i).map(({ line }) => line));
  return bytes.slice(0, MOST_BYTES);
}

/** The strokes back from bytes, to show what was signed. A broken tail is left out. */
export function decode(bytes: readonly number[]): Stroke[] {
  const strokes: Stroke[] = [[]];
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const [x, y] = [bytes[i] as number, bytes[i + 1] as number];
    if (x === BETWEEN) strokes.push([]);
    else strokes.at(-1)?.push({ x: x / GRID, y: y / GRID });
  }
  return strokes.filter((stroke) => stroke.length > 0);
}

/**
 * Where the rows of a long list stand. Heights start as an estimate and become what was measured, because a name is
 * never cut and may take two lines. All lengths are CSS pixels.
 */
export class Rows {
  readonly #estimate: number;
  #heights = new Float64Array(0);
  #tops = new Float64Array(1);
  /** Tops up to and including this row are right. */
  #settled = 0;

  constructor(count: number, estimate: number) {
    this.#estimate = estimate;
    this.resize(count);
  }

  get count(): number {
    return this.#heights.length;
  }

  /** More or fewer rows; what was measured stays. */
  resize(count: number): void {
    const heights = new Float64Array(count).fill(this.#estimate);
    heights.set(this.#heights.subarray(0, count));
    const tops = new Float64Array(count + 1);
    this.#settled = Math.min(this.#settled, count);
    tops.set(this.#tops.subarray(0, this.#settled + 1));
    this.#heights = heights;
    this.#tops = tops;
  }

  /** Takes a measured height; true when it differs from what was assumed. */
  measure(row: number, height: number): boolean {
    const known = this.#heights[row];
    if (known === undefined || Math.abs(known - height) < 0.5) return false;
    this.#heights[row] = height;
    this.#settled = Math.min(this.#settled, row);
    return true;
  }

  top(row: number): number {
    this.#settle(row);
    return this.#tops[row] ?? 0;
  }

  get total(): number {
    return this.top(this.count);
  }

  height(row: number): number {
    return this.#heights[row] ?? this.#estimate;
  }

  /** The row that covers this distance from the top. */
  at(distance: number): number {
    this.#settle(this.count);
    let [low, high] = [0, Math.max(0, this.count - 1)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#tops[middle] ?? 0) <= distance) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** First row and the one after the last to draw for a window on the list. */
  window(from: number, height: number, spare: number): [number, number] {
    if (this.count === 0) return [0, 0];
    return [Math.max(0, this.at(from) - spare), Math.min(this.count, this.at(from + height) + 1 + spare)];
  }

  #settle(row: number): void {
    for (let i = this.#settled; i < row; i++) {
      this.#tops[i + 1] = (this.#tops[i] ?? 0) + (this.#heights[i] ?? 0);
    }
    this.#settled = Math.max(this.#settled, row);
  }
}

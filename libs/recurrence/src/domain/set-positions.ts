// BYSETPOS: which of a period's candidates, counted from either end, are left.

import { sorted } from './sorted.js';

/** @returns indices into a set of `size`, in order. */
export function pickIndices(positions: number[], size: number): number[] {
  const indices: number[] = [];
  for (const position of positions) {
    const index = position > 0 ? position - 1 : size + position;
    if (index >= 0 && index < size) indices.push(index);
  }
  return sorted(indices);
}

/** From a set that is never built: every time on every day. @returns local seconds, in order. */
export function startsPicker(positions: number[], times: number[]): (days: number[]) => number[] {
  const known = new Map<number, number[]>();
  return (days) => {
    let indices = known.get(days.length);
    if (!indices) known.set(days.length, (indices = pickIndices(positions, days.length * times.length)));
    return indices.map((index) => {
      const day = days[Math.floor(index / times.length)] ?? NaN;
      return day * 86_400 + (times[index % times.length] ?? NaN);
    });
  };
}

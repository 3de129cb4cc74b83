// Single starts cost a step of a generator each; in batches they cost almost nothing.

/** Batches of starts, some of them empty: in order, in seconds since 1970, local or (of elapsed time) instants. */
export type Starts = Generator<number[], void>;

/** The most starts that a caller waits for who needs only the first one. */
export const MAX_BATCH = 64;

/** Joins small batches. The size grows from one start, so that a caller that needs only the first start does not wait. */
export function* batched(parts: Starts): Starts {
  let size = 1;
  let batch: number[] = [];
  for (const part of parts) {
    if (batch.length === 0) batch = part;
    else for (const local of part) batch.push(local);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
    size = Math.min(size * 2, MAX_BATCH);
  }
  yield batch;
}

// Single starts cost a step of a generator each; in batches they cost almost nothing.

/** Batches of starts, some of them empty: in order, in seconds since 1970, local or (of elapsed time) instants. */
export type Starts = Generator<number[], void>;

/** The most starts that somebody who wants the first one waits for. */
export const MAX_BATCH = 64;

/** Joins what is small, from one start at first to more, so that whoever wants the first only does not wait for more. */
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

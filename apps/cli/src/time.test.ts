// The output for the operator while the history is rebuilt.
import { expect, test } from '@jest/globals';
import type { RebuildState } from '@mono/time-tracking/module';
import { follow } from './time.js';

const QUICK = { pollMs: 1, sayMs: 0, silenceMs: 60_000 };

/** Returns each state once, then the last one again. */
function states(...given: RebuildState[]): () => Promise<RebuildState> {
  let at = 0;
  return () => Promise.resolve(given[Math.min(at++, given.length - 1)] as RebuildState);
}

test('reports progress and earlier requests until it is done', async () => {
  const lines: string[] = [];
  const look = states(
    { ahead: 1, transitions: 0, finished: false },
    { ahead: 1, transitions: 1_000, finished: false },
    { ahead: 0, transitions: 2_500, finished: false },
    { ahead: 0, transitions: 3_000, finished: true },
  );
  await follow(look, (line) => lines.push(line), QUICK);
  expect(lines).toEqual([
    '1,000 transitions read so far; 1 earlier request',
    '2,500 transitions read so far',
    'The history is filled: 3,000 transitions read.',
  ]);
});

test('ends without progress and names the modules to run', async () => {
  const look = states({ ahead: 0, transitions: 0, finished: false });
  const followed = follow(look, () => {}, { ...QUICK, sayMs: 60_000, silenceMs: 20 });
  await expect(followed).rejects.toThrow(/`MODULES=tasks,time-tracking npm start`[^]*request is kept/);
});

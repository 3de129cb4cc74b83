// Reads page after page by token, with long poll.
import { setTimeout as delay } from 'node:timers/promises';
import type { ChangePage } from '@mono/changes/contract';
import { Received, type OpenReader } from './reader.ts';

const PAUSE_MS = 50;
const LIMIT_MS = 30_000;

export const openPollReader: OpenReader = ({ front, since }) => {
  const received = new Received();
  let token = since;
  const read = async (): Promise<void> => {
    const path = `/v1/changes?since=${token}&types=task&limit=1000&wait=PT1S`;
    const answer = await front()
      .api.request('GET', path, { signal: AbortSignal.timeout(LIMIT_MS) })
      .catch(() => undefined);
    if (answer?.status !== 200) {
      await delay(PAUSE_MS);
      return;
    }
    const page = answer.body as ChangePage;
    for (const item of page.items) received.apply(item);
    token = page.next_token;
  };
  return Promise.resolve({
    name: 'long poll',
    received,
    async follow(settled) {
      while (!settled.aborted) await read();
    },
  });
};

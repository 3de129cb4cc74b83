// Reads server-sent events, and continues after the last id.
import { setTimeout as delay } from 'node:timers/promises';
import type { Change } from '@mono/changes/contract';
import { EventStreamClient } from '../../support/event-stream-client.ts';
import { Received, type OpenReader } from './reader.ts';

const PAUSE_MS = 50;

export const openStreamReader: OpenReader = ({ front, key, since }) => {
  const received = new Received();
  let lastEventId = since;
  const connect = async (settled: AbortSignal): Promise<void> => {
    const client = await EventStreamClient.open(`${front().url}/v1/changes/stream?types=task`, { key, lastEventId });
    client.onEvent = ({ event, data, id }) => {
      if (event === 'change') received.apply(data as Change);
      lastEventId = id ?? lastEventId;
    };
    while (!client.isEnded && !settled.aborted) await delay(PAUSE_MS);
    client.close();
  };
  return Promise.resolve({
    name: 'stream',
    received,
    async follow(settled) {
      while (!settled.aborted) {
        await connect(settled).catch(() => undefined);
        await delay(PAUSE_MS);
      }
    },
  });
};

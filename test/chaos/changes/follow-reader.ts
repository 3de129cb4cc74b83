// Has the changes pushed over NATS, and renews its lease with the latest token.
import { connect } from '@nats-io/transport-node';
import { FollowClient } from '../../support/follow-client.ts';
import { Received, type OpenReader } from './reader.ts';

export const openFollowReader: OpenReader = async ({ natsUrl, key, since }) => {
  const received = new Received();
  const connection = await connect({
    servers: new URL(natsUrl).host,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    pingInterval: 2_000,
  });
  const client = new FollowClient({
    connection,
    key,
    since,
    filter: { types: ['task'] },
    onChange: (change) => received.apply(change),
  });
  return {
    name: 'follow',
    received,
    async follow(settled) {
      try {
        await client.follow(settled);
      } finally {
        await connection.close();
      }
    },
  };
};

import { defineConfig, integer } from '@mono/platform';

export const changesConfig = defineConfig('changes', {
  CHANGES_RETENTION_DAYS: integer({
    description: 'Retention of the change feed, in days. An older token is answered 410 `token_expired`.',
    default: 30,
    min: 1,
    max: 3_650,
  }),
  CHANGES_CONCURRENCY: integer({
    description: 'Maximum events that a node records in the change feed at a time, in one batch.',
    default: 1_024,
    min: 1,
    max: 4_096,
  }),
  CHANGES_MAX_WAITING: integer({
    description: 'Maximum calls of a node that wait for changes.',
    default: 1_000,
    min: 0,
    max: 3_000,
  }),
  CHANGES_MAX_WAITING_PER_CREDENTIAL: integer({
    description: 'Maximum calls of one API key or user that wait for changes on a node.',
    default: 8,
    min: 0,
    max: 1_000,
  }),
  CHANGES_MAX_FOLLOWS: integer({
    description: 'Maximum clients on NATS to which a node pushes changes.',
    default: 1_000,
    min: 0,
    max: 10_000,
  }),
  CHANGES_MAX_FOLLOWS_PER_CREDENTIAL: integer({
    description: 'Maximum clients on NATS with one API key or user to which a node pushes changes.',
    default: 16,
    min: 0,
    max: 1_000,
  }),
  CHANGES_MAX_STREAMS: integer({
    description: 'Maximum open streams of changes of a node.',
    default: 12_000,
    min: 0,
    max: 1_000_000,
  }),
  CHANGES_MAX_STREAMS_PER_CREDENTIAL: integer({
    description: 'Maximum open streams of changes of one API key or user on a node.',
    default: 32,
    min: 0,
    max: 1_000_000,
  }),
  CHANGES_STREAM_HEARTBEAT_SECONDS: integer({
    description: 'Interval of the comments that keep a stream of changes open through proxies, in seconds.',
    default: 15,
    min: 1,
    max: 300,
  }),
});

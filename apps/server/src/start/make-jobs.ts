// The jobs of this node's modules: in the platform's database, or in Redis where there is one.
import { readFileSync } from 'node:fs';
import {
  Jobs,
  OccasionalLog,
  PostgresBackend,
  RedisBackend,
  type DatabasePlace,
  type JobLetters,
  type JobsBackend,
  type Logger,
  type Metrics,
} from '@mono/platform';
import { PLATFORM, type Configuration } from '../configuration.js';
import { databaseOf } from './open-databases.js';

export interface JobsParts {
  letters: JobLetters;
  /** The database that modules share. */
  shared: DatabasePlace;
  logger: Logger;
  metrics: Metrics;
}

const SECOND_MS = 1_000;
/** Of the time that a stopping node has: the rest is for what comes behind the jobs. */
const SHARE_OF_STOPPING = 0.75;
/** Statements are short, and BullMQ fetches jobs one after another. */
const POOL_SIZE = 6;

export function makeJobs(configuration: Configuration, parts: JobsParts): Jobs {
  const { letters, logger, metrics } = parts;
  return new Jobs({
    backend: backendOf(configuration, parts),
    letters,
    logger,
    metrics,
    stopMs: configuration.node.SHUTDOWN_TIMEOUT_SECONDS * SECOND_MS * SHARE_OF_STOPPING,
  });
}

function backendOf(configuration: Configuration, { shared, logger }: JobsParts): JobsBackend {
  const { REDIS_URL: redisUrl, REDIS_TLS_CA_FILE: caFile } = configuration.jobs;
  if (redisUrl === undefined) {
    return new PostgresBackend({
      ...databaseOf(configuration, PLATFORM, shared),
      statementTimeoutMs: configuration.database.DATABASE_STATEMENT_TIMEOUT_SECONDS * SECOND_MS,
      poolSize: POOL_SIZE,
    });
  }
  return new RedisBackend({
    url: redisUrl,
    certificateAuthority: caFile === undefined ? undefined : readFileSync(caFile, 'utf8'),
    troubles: new OccasionalLog({ log: (facts) => logger.warn(facts, 'The Redis of the jobs is in trouble') }),
  });
}

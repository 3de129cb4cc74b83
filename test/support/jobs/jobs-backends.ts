import { OccasionalLog, PostgresBackend, RedisBackend, type JobsBackend } from '@mono/platform';

const POOL_SIZE = 4;
const STATEMENT_TIMEOUT_MS = 10_000;

export function backendFor(databaseUrl: string, redisUrl: string | undefined): JobsBackend {
  if (redisUrl === undefined) {
    return new PostgresBackend({ url: databaseUrl, poolSize: POOL_SIZE, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  }
  return new RedisBackend({ url: redisUrl, troubles: new OccasionalLog({ log: () => {} }) });
}

// BullMQ on Redis. While Redis is unavailable, adding a job fails fast and workers wait.
import { createRedisBackend, withBackend, type RedisConnectionClient } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { UnavailableError } from '@mono/contract';
import { StartUpError } from '@mono/embedded/start-up-error';
import type { BullProcessor, BullQueue, BullWorker, JobsBackend, WorkerSettings } from './jobs-backend.js';
import type { OccasionalLog } from './occasional-log.js';

export interface RedisBackendOptions {
  /** redis:// or rediss://. Contains the password: not for logs. */
  url: string;
  /** PEM of the CA that signed its certificate, unless the system knows it. */
  certificateAuthority?: string | undefined;
  troubles: OccasionalLog;
}

/** All keys of a queue are in one slot of a cluster. */
const PREFIX = '{mono}';
const CONNECT_TIMEOUT_MS = 5_000;
const COMMAND_TIMEOUT_MS = 10_000;
const LONGEST_PAUSE_MS = 2_000;
const PAUSE_MS = 200;
const EVICTING_NOTHING = 'noeviction';
const EVENTS_KEPT = 100;
/** Transient errors of Redis. */
const NOT_NOW = /^(?:LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|OOM|NOREPLICAS|MISCONF)\b/;
const LOST =
  /Connection is closed|Command timed out|max retries per request|enableOfflineQueue|ECONN|ETIMEDOUT|EPIPE|ENOTFOUND/i;

const { Queue, Worker } = withBackend(createRedisBackend);

export class RedisBackend implements JobsBackend {
  private connections: { adding: Redis; running: Redis } | undefined;

  constructor(private readonly options: RedisBackendOptions) {}

  async open(): Promise<void> {
    const { url } = this.options;
    await this.requireUsable();
    const adding = this.connect({ maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS });
    // BullMQ requires commands without a retry limit.
    const running = this.connect({ maxRetriesPerRequest: null });
    this.connections = { adding, running };
    try {
      await Promise.all([adding.connect(), running.connect()]);
    } catch (cause) {
      throw unusable(url, cause);
    }
  }

  connectionsFor(): number {
    return 0;
  }

  makeQueue(name: string): BullQueue {
    const connection = this.opened().adding as unknown as RedisConnectionClient;
    const streams = { events: { maxLen: EVENTS_KEPT } };
    return new Queue(name, { connection, prefix: PREFIX, streams });
  }

  makeWorker(name: string, process: BullProcessor, settings: WorkerSettings): BullWorker {
    const connection = this.opened().running as unknown as RedisConnectionClient;
    return new Worker(name, process, { ...settings, connection, prefix: PREFIX });
  }

  async isUp(): Promise<boolean> {
    await this.connections?.adding.ping();
    return true;
  }

  translateError(error: unknown): unknown {
    if (!(error instanceof Error) || !(LOST.test(error.message) || NOT_NOW.test(error.message))) return error;
    return new UnavailableError('The Redis server of the jobs is unavailable.', { cause: error });
  }

  close(): Promise<void> {
    const { adding, running } = this.connections ?? {};
    adding?.disconnect();
    running?.disconnect();
    return Promise.resolve();
  }

  /** @throws StartUpError */
  private async requireUsable(): Promise<void> {
    const { url } = this.options;
    const probe = this.connect({
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      retryStrategy: () => null,
    });
    // The error of `connect` only says that the connection is closed.
    let reason: unknown;
    probe.on('error', (error) => {
      reason = error;
    });
    let memory: string;
    try {
      await probe.connect();
      memory = await probe.info('memory');
    } catch (error) {
      throw unusable(url, reason ?? error);
    } finally {
      probe.disconnect();
    }
    const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
    if (policy === undefined || policy === EVICTING_NOTHING) return;
    throw new StartUpError(
      `Redis at ${placeOf(url)} evicts keys when its memory is full (maxmemory-policy ${policy}): jobs would be lost.`,
      `Set its maxmemory-policy to ${EVICTING_NOTHING}, or unset REDIS_URL to keep jobs in PostgreSQL.`,
    );
  }

  private connect(options: RedisOptions): Redis {
    const { url, certificateAuthority, troubles } = this.options;
    const redis = new Redis(url, {
      connectionName: 'mono jobs',
      lazyConnect: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: (times) => Math.min(times * PAUSE_MS, LONGEST_PAUSE_MS),
      ...(certificateAuthority === undefined ? {} : { tls: { ca: certificateAuthority } }),
      ...options,
    });
    redis.setMaxListeners(0);
    // Without a listener, ioredis would write each error to the console.
    redis.on('error', (error) => troubles.report(error));
    return redis;
  }

  private opened(): { adding: Redis; running: Redis } {
    if (!this.connections) throw new Error('Invariant violated: the jobs are not connected.');
    return this.connections;
  }
}

/** The URL without its password. */
function placeOf(url: string): string {
  return new URL(url).host || 'its socket';
}

function unusable(url: string, cause: unknown): StartUpError {
  const { code, name, message } = cause as NodeJS.ErrnoException;
  const refused = /^(?:WRONGPASS|NOAUTH|NOPERM)/.exec(message)?.[0];
  return new StartUpError(
    `Redis at ${placeOf(url)} cannot be used (${refused ?? code ?? name}).`,
    'Check that Redis runs there and that user and password are right, or unset REDIS_URL to keep jobs in PostgreSQL.',
    { cause },
  );
}

// Leads while it holds a PostgreSQL advisory lock on its own connection. The leader marks rows on that connection, so a node
// that lost the lock cannot mark. See decisions/0001-one-relay-by-advisory-lock.md.
import type { Pool, PoolClient } from 'pg';
import type { BusConnection } from '../connection/bus-connection.js';
import type { BusLogger } from '../logger.js';
import type { WakeableSleep } from './wakeable-sleep.js';

export interface RelayLeadershipParts {
  module: string;
  lock: string;
  pool: Pool;
  connection: BusConnection;
  logger: BusLogger;
  sleep: WakeableSleep;
  pauseMs: number;
  /** When this node begins to lead. */
  onElected: () => void;
  /** Called again and again while this node leads. */
  round: (client: PoolClient) => Promise<void>;
}

/** A leader without NATS for this long lets another node lead. */
const DISCONNECTED_MS = 3_000;

export class RelayLeadership {
  leading = false;
  private stopped = false;
  private running: Promise<void> | undefined;
  private disconnectedSince: number | undefined;

  constructor(private readonly parts: RelayLeadershipParts) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Ends after the round in progress. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.parts.sleep.stop();
    await this.running;
  }

  private async run(): Promise<void> {
    const { module, logger, sleep, pauseMs } = this.parts;
    while (!this.stopped) {
      await this.lead().catch((error: unknown) => {
        if (!this.stopped) logger.warn({ err: error, module }, 'The relay lost its database connection');
      });
      this.leading = false;
      if (!this.stopped) await sleep.pause(pauseMs);
    }
  }

  private async lead(): Promise<void> {
    const { pool, connection, lock, sleep, onElected, round } = this.parts;
    if (!connection.live) return;
    const client = await pool.connect();
    // Until PostgreSQL has answered no, the lock may be ours: such a connection never returns to the pool.
    let maybeLocked = true;
    let lost = false;
    const onError = (): void => {
      lost = true;
      sleep.wake();
    };
    const isLost = (): boolean => lost;
    client.on('error', onError);
    try {
      maybeLocked = await tryLock(client, lock);
      if (!maybeLocked) return;
      // Its statements may take long, such as publishing a day's events again.
      await client.query('SET statement_timeout = 0');
      // A plan made while the outbox was empty would read and sort the whole backlog for every batch.
      for (const way of ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin'])
        await client.query(`SET enable_${way} = off`);
      onElected();
      this.leading = true;
      this.disconnectedSince = undefined;
      while (!this.stopped && !isLost() && !this.isDisconnected()) await round(client);
    } finally {
      client.off('error', onError);
      // The lock ends with the connection.
      client.release(maybeLocked || lost);
    }
  }

  private isDisconnected(): boolean {
    if (this.parts.connection.live) this.disconnectedSince = undefined;
    else this.disconnectedSince ??= performance.now();
    return this.disconnectedSince !== undefined && performance.now() - this.disconnectedSince > DISCONNECTED_MS;
  }
}

async function tryLock(client: PoolClient, lock: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
    [lock],
  );
  return rows[0]?.locked === true;
}

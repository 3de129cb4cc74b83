// Publishes all events of a module from its outbox to its stream, in the order of each aggregate's versions. One node at a time
// relays a module.
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Pool, PoolClient } from 'pg';
import type { BusConnection } from '../connection/bus-connection.js';
import type { BusLogger } from '../logger.js';
import type { Middleware } from '../middleware.js';
import { eventStreamName, reconcileEventStream, type EventStreamOptions } from '../streams/event-stream.js';
import { StreamChangeRefused } from '../streams/reconcile.js';
import { EventPublisher, PUBLISH_TIMEOUT_MS } from './event-publisher.js';
import { OutboxRows, type OutboxRow, type Published } from './outbox-rows.js';
import type { OutboxSignal } from './outbox-signal.js';
import { RelayLeadership } from './relay-leadership.js';
import { republishEvents } from './republish.js';
import { StreamLosses } from './stream-losses.js';
import { WakeableSleep } from './wakeable-sleep.js';

export interface OutboxRelayOptions {
  /** The module. With `_` for `-`, also the name of its schema. */
  module: string;
  /** A pool of the module's database, of which the relay holds one connection. */
  pool: Pool;
  connection: BusConnection;
  signal: OutboxSignal;
  stream: EventStreamOptions;
  logger: BusLogger;
  /** Its `eventOut` runs for every event. */
  middleware?: readonly Middleware[];
  /** Rows per round. */
  batchSize?: number;
  /** The interval at which the leader polls, and other nodes try the lock. */
  pollMs?: number;
  /** The interval between comparisons of stream and outbox, and between removals of old rows. */
  careMs?: number;
  /** The name of the PostgreSQL advisory lock whose holder relays. Default: `outbox.<module>`. */
  lock?: string;
  /** The time that published rows are kept, in case the stream loses them. Default: a day longer than the stream keeps events. */
  keepMs?: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** The pause after a failure that no row has caused. */
const PAUSE_MS = 500;
const CARE_MS = 60_000;
const PRUNE_ROWS = 5_000;

export class OutboxRelay {
  publishedTotal = 0;
  /** Why the stream differs from its declaration; undefined if it does not. */
  fault: string | undefined;
  private readonly options: Required<OutboxRelayOptions>;
  private readonly rows: OutboxRows;
  private readonly losses: StreamLosses;
  private readonly publisher: EventPublisher;
  private readonly sleep = new WakeableSleep();
  private readonly leadership: RelayLeadership;
  private readonly unsubscribe: (() => void)[] = [];
  private subscriptions: Subscription[] = [];
  /** The connection on which the stream was compared with the outbox. */
  private reconciledOn: NatsConnection | undefined;
  private stuck = false;
  private prunedAt = 0;

  constructor(options: OutboxRelayOptions) {
    const { module, logger, stream, pool, connection } = options;
    const keepMs = stream.maxAgeMs + DAY_MS;
    const lock = `outbox.${module}`;
    this.options = { batchSize: 500, pollMs: 500, careMs: CARE_MS, keepMs, lock, middleware: [], ...options };
    this.rows = new OutboxRows(module.replaceAll('-', '_'));
    this.losses = new StreamLosses(this.rows, { module, maxAgeMs: stream.maxAgeMs, logger });
    const { middleware } = this.options;
    this.publisher = new EventPublisher({ module, rows: this.rows, losses: this.losses, logger, middleware });
    this.leadership = new RelayLeadership({
      module,
      lock: this.options.lock,
      pool,
      connection,
      logger,
      sleep: this.sleep,
      pauseMs: PAUSE_MS,
      // The results of the previous leader are unknown here.
      onElected: () => (this.reconciledOn = undefined),
      round: (client) => this.round(client),
    });
  }

  /** Whether this node relays. */
  get isLeader(): boolean {
    return this.leadership.leading;
  }

  get refusedTotal(): number {
    return this.publisher.refused;
  }

  start(): void {
    const { signal, connection, module } = this.options;
    this.unsubscribe.push(
      signal.onWake(() => {
        if (this.isLeader) this.sleep.wake();
        else connection.live?.publish(wakeSubject(module));
      }),
      connection.onConnected((live) => {
        this.compareAgain();
        for (const subscription of this.subscriptions) subscription.unsubscribe();
        this.subscriptions = [
          live.subscribe(wakeSubject(module), { callback: () => this.sleep.wake() }),
          // The new leading replica may have fewer messages.
          live.subscribe(leaderSubject(module), { callback: () => this.compareAgain() }),
        ];
      }),
    );
    this.leadership.start();
  }

  /**
   * Publishes the events since then again, as far as they are kept. Consumers recognise repeats by their ids.
   * @returns how many.
   */
  async republish(since: Date): Promise<number> {
    const again = await republishEvents(this.options.pool, this.options.module, since);
    this.sleep.wake();
    return again;
  }

  /** Ends after the round in progress. */
  async stop(): Promise<void> {
    for (const unsubscribe of this.unsubscribe) unsubscribe();
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    await this.leadership.stop();
  }

  /** Requires a comparison of stream and outbox before the next publication. */
  private compareAgain(): void {
    this.reconciledOn = undefined;
    this.sleep.wake();
  }

  private async round(client: PoolClient): Promise<void> {
    const { connection, pollMs, batchSize } = this.options;
    const { live } = connection;
    if (!live) return this.sleep.sleep(pollMs);
    this.sleep.clear();
    try {
      await this.ensureStream(client, live);
    } catch (error) {
      this.publisher.lastError = error;
      this.noteStuck(true);
      return this.sleep.pause(PAUSE_MS);
    }
    const due = await this.rows.due(client, batchSize);
    if (due.length === 0) this.noteStuck(false);
    const trouble = due.length > 0 && (await this.publishAll(client, live, due));
    await this.careSometimes(client);
    if (trouble) return this.sleep.pause(PAUSE_MS);
    if (due.length < batchSize) await this.sleep.sleep(pollMs);
  }

  private async ensureStream(client: PoolClient, live: NatsConnection): Promise<void> {
    if (this.reconciledOn === live) return;
    // Set before the comparison, so that a change of leader during it counts for the next round.
    this.reconciledOn = live;
    try {
      await this.reconcile(client, live);
      await this.losses.compare(client, live);
    } catch (error) {
      this.reconciledOn = undefined;
      throw error;
    }
  }

  private async reconcile(client: PoolClient, live: NatsConnection): Promise<void> {
    try {
      await reconcileEventStream(live, this.options.stream, () => this.losses.allLost(client));
      this.fault = undefined;
    } catch (error) {
      if (!(error instanceof StreamChangeRefused)) throw error;
      // The server refuses the change: events continue into the stream as it is, and the fault is reported.
      const fault = `The stream of ${this.options.module} is not as declared: ${error.message}`;
      if (fault !== this.fault) this.options.logger.error({ err: error, module: this.options.module }, fault);
      this.fault = fault;
    }
  }

  /** @returns whether to pause, because NATS or the stream is unavailable. */
  private async publishAll(client: PoolClient, live: NatsConnection, due: readonly OutboxRow[]): Promise<boolean> {
    const context = jetstream(live, { timeout: PUBLISH_TIMEOUT_MS });
    const limit = live.info?.max_payload ?? Number.POSITIVE_INFINITY;
    const published: Published[] = [];
    let unavailable = false;
    let lowest = Number.POSITIVE_INFINITY;
    const inOrder = async (rows: readonly OutboxRow[]): Promise<void> => {
      for (const row of rows) {
        const outcome = await this.publisher.publish(client, live, context, row, limit);
        if (outcome === 'unavailable') {
          unavailable = true;
          // The next round compares the stream again.
          this.reconciledOn = undefined;
        }
        if (typeof outcome === 'string') return;
        published.push({ seq: row.seq, streamSeq: outcome.seq });
        if (!outcome.duplicate && outcome.seq < lowest) lowest = outcome.seq;
      }
    };
    await Promise.all(byAggregate(due).map(inOrder));
    this.noteStuck(unavailable);
    if (published.length === 0) return unavailable;
    if (lowest <= this.losses.highest) {
      try {
        await this.losses.rolledBack(client, live, lowest);
      } catch (error) {
        // Without marks, the rows still show the loss.
        const facts = { err: error, module: this.options.module };
        this.options.logger.warn(facts, 'Cannot determine yet what the stream has lost');
        this.reconciledOn = undefined;
        return true;
      }
    }
    await this.rows.markPublished(client, published);
    for (const { streamSeq } of published) if (streamSeq > this.losses.highest) this.losses.highest = streamSeq;
    this.publishedTotal += published.length;
    return unavailable;
  }

  /** Logs once per change, independent of the number of events. */
  private noteStuck(stuck: boolean): void {
    const { logger, module } = this.options;
    if (stuck && !this.stuck) {
      const facts = { err: this.publisher.lastError, module };
      logger.warn(facts, 'Events cannot be published; they wait in the outbox');
    }
    if (!stuck && this.stuck) logger.info({ module }, 'Events are published again');
    this.stuck = stuck;
  }

  private async careSometimes(client: PoolClient): Promise<void> {
    if (Date.now() - this.prunedAt < this.options.careMs) return;
    // An idle module publishes nothing that would show a loss.
    this.reconciledOn = undefined;
    const removed = await this.rows.prune(client, this.options.keepMs, PRUNE_ROWS);
    if (removed < PRUNE_ROWS) this.prunedAt = Date.now();
  }
}

function leaderSubject(module: string): string {
  return `$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.${eventStreamName(module)}`;
}

function wakeSubject(module: string): string {
  return `outbox.wake.${module}`;
}

function byAggregate(rows: readonly OutboxRow[]): OutboxRow[][] {
  const groups = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const group = groups.get(row.aggregate_id);
    if (group) group.push(row);
    else groups.set(row.aggregate_id, [row]);
  }
  return [...groups.values()];
}

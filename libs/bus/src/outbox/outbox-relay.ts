// Brings a module's events from its outbox to its stream: every one, in the order of each aggregate's versions.
//
// One node at a time relays a module, the one that holds a PostgreSQL advisory lock on a connection of its own; it marks
// rows on that very connection, so a node that lost the lock cannot mark. See decisions/0001-one-relay-by-advisory-lock.md.
import { jetstream, type JetStreamClient, type PubAck } from '@nats-io/jetstream';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Pool, PoolClient } from 'pg';
import type { BusConnection } from '../connection/bus-connection.js';
import { OutgoingHeaders } from '../calls/headers.js';
import type { BusLogger } from '../logger.js';
import { compose, type Middleware } from '../middleware.js';
import { eventStreamName, reconcileEventStream, type EventStreamOptions } from '../streams/event-stream.js';
import { StreamChangeRefused } from '../streams/reconcile.js';
import { OutboxRows, type OutboxRow, type Published } from './outbox-rows.js';
import type { OutboxSignal } from './outbox-signal.js';
import { blameOf } from './publish-blame.js';
import { republishEvents } from './republish.js';
import { StreamLosses } from './stream-losses.js';

export interface OutboxRelayOptions {
  /** The module whose events these are; with `_` for `-` also its schema. */
  module: string;
  /** Of the module's database. The relay keeps one connection of it. */
  pool: Pool;
  connection: BusConnection;
  signal: OutboxSignal;
  stream: EventStreamOptions;
  logger: BusLogger;
  /** Whose `eventOut` sees every event. */
  middleware?: readonly Middleware[];
  /** Rows per round. */
  batchSize?: number;
  /** How often the leader looks without being woken, and others ask for the lock. */
  pollMs?: number;
  /** How often the stream is compared with the outbox, and old rows are removed. */
  careMs?: number;
  /** The name of the PostgreSQL advisory lock whose holder relays. Default: `outbox.<module>`. */
  lock?: string;
  /** How long published rows are kept, to be published again when the stream has lost them. Default: a day longer than the stream keeps events. */
  keepMs?: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const PUBLISH_TIMEOUT_MS = 5_000;
/** After trouble that is not the row's own. */
const PAUSE_MS = 500;
const CARE_MS = 60_000;
const PRUNE_ROWS = 5_000;
/** A leader that has lost the bus alone lets another lead. */
const CUT_OFF_MS = 3_000;
/** What the headers of an event may take, on the safe side. */
const HEADERS_BYTES = 1_024;

type Outcome = PubAck | 'refused' | 'away';

export class OutboxRelay {
  publishedTotal = 0;
  refusedTotal = 0;
  private readonly options: Required<OutboxRelayOptions>;
  private readonly rows: OutboxRows;
  private readonly unsubscribe: (() => void)[] = [];
  private running: Promise<void> | undefined;
  private stopped = false;
  private awake: (() => void) | undefined;
  private woken = false;
  private leading = false;
  /** Why the stream is not what the code declares; undefined while it is. */
  fault: string | undefined;
  private reconciledOn: NatsConnection | undefined;
  private cutOffSince: number | undefined;
  /** Rows that no stream took although there is one: once may be chance. */
  private readonly suspects = new Set<string>();
  /** Why the last event could not be published. */
  private trouble: unknown;
  private stuck = false;
  private readonly losses: StreamLosses;
  private heard: Subscription[] = [];
  private prunedAt = 0;
  private readonly begin: ReturnType<typeof compose<'eventOut'>>;

  constructor(options: OutboxRelayOptions) {
    const { module, logger, stream } = options;
    const keepMs = stream.maxAgeMs + DAY_MS;
    const lock = `outbox.${module}`;
    this.options = { batchSize: 500, pollMs: 500, careMs: CARE_MS, keepMs, lock, middleware: [], ...options };
    this.begin = compose(this.options.middleware, 'eventOut');
    this.rows = new OutboxRows(module.replaceAll('-', '_'));
    this.losses = new StreamLosses(this.rows, { module, maxAgeMs: stream.maxAgeMs, logger });
  }

  /** Whether this node is the one that relays. */
  get isLeader(): boolean {
    return this.leading;
  }

  start(): void {
    const { signal, connection, module } = this.options;
    this.unsubscribe.push(
      signal.onWake(() => {
        if (this.leading) this.wake();
        else connection.live?.publish(wakeSubject(module));
      }),
      connection.onConnected((live) => {
        this.lookAgain();
        for (const subscription of this.heard) subscription.unsubscribe();
        this.heard = [
          live.subscribe(wakeSubject(module), { callback: () => this.wake() }),
          // Another replica leads now, perhaps one with less in it.
          live.subscribe(leaderSubject(module), { callback: () => this.lookAgain() }),
        ];
      }),
    );
    this.running ??= this.run();
  }

  /** Publishes again what has happened since then, as far as it is kept; consumers know repeats by their ids. @returns how many. */
  async republish(since: Date): Promise<number> {
    const again = await republishEvents(this.options.pool, this.options.module, since);
    this.wake();
    return again;
  }

  /** Ends after the round in flight. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const unsubscribe of this.unsubscribe) unsubscribe();
    for (const subscription of this.heard) subscription.unsubscribe();
    this.wake();
    await this.running;
  }

  /** The stream is compared with the outbox before anything more is published. */
  private lookAgain(): void {
    this.reconciledOn = undefined;
    this.wake();
  }

  private wake(): void {
    this.woken = true;
    this.awake?.();
  }

  private async sleep(ms: number): Promise<void> {
    if (this.woken || this.stopped) {
      this.woken = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.awake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.awake = undefined;
    this.woken = false;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await this.lead().catch((error: unknown) => {
        if (!this.stopped)
          this.options.logger.warn(
            { err: error, module: this.options.module },
            'The relay lost its database connection',
          );
      });
      this.leading = false;
      if (!this.stopped) await this.pause();
    }
  }

  /** A wake-up does not shorten it: what went wrong needs time. */
  private async pause(): Promise<void> {
    const until = Date.now() + PAUSE_MS;
    while (!this.stopped && Date.now() < until) {
      this.woken = false;
      await this.sleep(until - Date.now());
    }
  }

  private async lead(): Promise<void> {
    if (!this.options.connection.live) return;
    const client = await this.options.pool.connect();
    // Until PostgreSQL has said no, the lock may be ours: such a connection never goes back into the pool.
    let maybeLocked = true;
    const connection = { lost: false };
    const onError = (): void => {
      connection.lost = true;
      this.wake();
    };
    client.on('error', onError);
    try {
      maybeLocked = await tryLock(client, this.options.lock);
      if (!maybeLocked) return;
      // Its own statements may take long, such as publishing a day's events again.
      await client.query('SET statement_timeout = 0');
      // A plan that was made while the outbox was empty would read and sort the whole backlog for every batch.
      for (const way of ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin'])
        await client.query(`SET enable_${way} = off`);
      // What the leader before has seen, and done about it, is not known here.
      this.reconciledOn = undefined;
      this.leading = true;
      this.cutOffSince = undefined;
      while (!this.stopped && !connection.lost && !this.isCutOff()) await this.round(client);
    } finally {
      client.off('error', onError);
      // The lock goes with the connection.
      client.release(maybeLocked || connection.lost);
    }
  }

  private isCutOff(): boolean {
    if (this.options.connection.live) this.cutOffSince = undefined;
    else this.cutOffSince ??= performance.now();
    return this.cutOffSince !== undefined && performance.now() - this.cutOffSince > CUT_OFF_MS;
  }

  private async round(client: PoolClient): Promise<void> {
    const live = this.options.connection.live;
    if (!live) return this.sleep(this.options.pollMs);
    this.woken = false;
    try {
      await this.ensureStream(client, live);
    } catch (error) {
      this.trouble = error;
      this.noteStuck(true);
      return this.pause();
    }
    const due = await this.rows.due(client, this.options.batchSize);
    if (due.length === 0) this.noteStuck(false);
    const trouble = due.length > 0 && (await this.publishAll(client, live, due));
    await this.careSometimes(client);
    if (trouble) return this.pause();
    if (due.length < this.options.batchSize) await this.sleep(this.options.pollMs);
  }

  private async ensureStream(client: PoolClient, live: NatsConnection): Promise<void> {
    if (this.reconciledOn === live) return;
    // What is heard meanwhile, such as a new leader of the stream, counts for the next round.
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
      // The server refuses the change: events go on into the stream as it is, and whoever operates it hears why.
      const fault = `The stream of ${this.options.module} is not as declared: ${error.message}`;
      if (fault !== this.fault) this.options.logger.error({ err: error, module: this.options.module }, fault);
      this.fault = fault;
    }
  }

  /** @returns whether to pause: the bus is away, or its stream. */
  private async publishAll(client: PoolClient, live: NatsConnection, due: readonly OutboxRow[]): Promise<boolean> {
    const context = jetstream(live, { timeout: PUBLISH_TIMEOUT_MS });
    const limit = live.info?.max_payload ?? Number.POSITIVE_INFINITY;
    const published: Published[] = [];
    let away = false;
    let lowest = Number.POSITIVE_INFINITY;
    const inOrder = async (rows: readonly OutboxRow[]): Promise<void> => {
      for (const row of rows) {
        const outcome = await this.publish(client, live, context, row, limit);
        if (outcome === 'away') away = true;
        if (typeof outcome === 'string') return;
        published.push({ seq: row.seq, streamSeq: outcome.seq });
        if (!outcome.duplicate && outcome.seq < lowest) lowest = outcome.seq;
      }
    };
    await Promise.all(byAggregate(due).map(inOrder));
    this.noteStuck(away);
    if (published.length === 0) return away;
    if (lowest <= this.losses.highest) {
      try {
        await this.losses.rolledBack(client, live, lowest);
      } catch (error) {
        // Nothing is marked: what the rows say still shows the loss.
        const facts = { err: error, module: this.options.module };
        this.options.logger.warn(facts, 'What the stream has lost cannot be found yet');
        this.reconciledOn = undefined;
        return true;
      }
    }
    await this.rows.markPublished(client, published);
    for (const { streamSeq } of published) if (streamSeq > this.losses.highest) this.losses.highest = streamSeq;
    this.publishedTotal += published.length;
    return away;
  }

  /** Once for each change, whatever the number of events. */
  private noteStuck(stuck: boolean): void {
    const { logger, module } = this.options;
    if (stuck && !this.stuck)
      logger.warn({ err: this.trouble, module }, 'Events cannot be published; they wait in the outbox');
    if (!stuck && this.stuck) logger.info({ module }, 'Events are published again');
    this.stuck = stuck;
  }

  private async publish(
    client: PoolClient,
    live: NatsConnection,
    context: JetStreamClient,
    row: OutboxRow,
    limit: number,
  ): Promise<Outcome> {
    const { logger, module } = this.options;
    const refuse = async (reason: string): Promise<Outcome> => {
      this.refusedTotal += 1;
      logger.error(
        { module, event: row.event_id, subject: row.subject, reason },
        'An event was refused by the bus; it is tried again later',
      );
      await this.rows.markRefused(client, row, reason);
      return 'refused';
    };
    if (Buffer.byteLength(row.body) + HEADERS_BYTES > limit)
      return refuse(`The event is larger than the bus takes (${limit} bytes).`);
    try {
      const ack = await this.send(context, row, { msgID: row.event_id });
      if (!ack.duplicate || (await this.losses.holds(live, row.event_id, ack.seq))) return ack;
      // The server remembers the id of a message that it has lost.
      return await this.send(context, row, {});
    } catch (error) {
      const blame = blameOf(error);
      if (blame === 'message') return refuse((error as Error).message);
      if (blame === 'nobody' && this.suspects.delete(row.event_id)) {
        return refuse(`No stream takes the subject ${row.subject}.`);
      }
      if (blame === 'nobody') this.suspects.add(row.event_id);
      this.trouble = error;
      // No answer, no connection, no room, or no stream: next round looks at the stream again.
      this.reconciledOn = undefined;
      return 'away';
    }
  }

  private async send(
    context: JetStreamClient,
    { subject, body, event_id: messageId, traceparent }: OutboxRow,
    id: { msgID?: string },
  ): Promise<PubAck> {
    const options = { ...id, timeout: PUBLISH_TIMEOUT_MS };
    if (!this.begin) return context.publish(subject, body, options);
    const headers = new OutgoingHeaders();
    const began = performance.now();
    const ended = this.begin({ subject, messageId, traceparent: traceparent ?? undefined, headers });
    let failure: Error | undefined;
    try {
      return await context.publish(subject, body, { ...options, ...headers.forPublish() });
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      ended?.(failure, performance.now() - began);
    }
  }

  private async careSometimes(client: PoolClient): Promise<void> {
    if (Date.now() - this.prunedAt < this.options.careMs) return;
    // An idle module has no publish that would show what the stream has lost.
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

async function tryLock(client: PoolClient, lock: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
    [lock],
  );
  return rows[0]?.locked === true;
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

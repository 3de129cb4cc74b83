// Finds published events that a stream has lost. JetStream acknowledges before it synchronises its files, so that a server or a
// replica may restart without acknowledged messages. See decisions/0005-outbox-is-the-log-of-record.md.
import { jetstreamManager, type ConsumerInfo, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { PoolClient } from 'pg';
import type { BusLogger } from '../logger.js';
import { isAhead, resetConsumer } from '../streams/consumer-position.js';
import { eventStreamName } from '../streams/event-stream.js';
import type { OutboxRows, Placed } from './outbox-rows.js';

export interface StreamLossesOptions {
  module: string;
  maxAgeMs: number;
  logger: BusLogger;
}

/** The share of the maximum age that allows for differences from the server's clock. */
const CLOCK_SHARE = 0.1;
const CLOCK_MS = 60_000;

/** A new leading replica may answer before it has read its log, so that a loss counts only after a second answer. */
export class StreamUnsettled extends Error {
  constructor(stream: string) {
    super(`The stream ${stream} misses messages; it is compared again before the next publication.`);
    this.name = 'StreamUnsettled';
  }
}

export class StreamLosses {
  private readonly stream: string;
  /** The highest place that a row has. */
  highest = 0;
  private suspected: string | undefined;
  private gapsSeen = 0;

  constructor(
    private readonly rows: OutboxRows,
    private readonly options: StreamLossesOptions,
  ) {
    this.stream = eventStreamName(options.module);
  }

  /** After a loss of the stream, marks all rows that it would still keep as pending. Call it before the stream is created. */
  async allLost(client: PoolClient): Promise<void> {
    const { maxAgeMs } = this.options;
    const placed = await this.rows.publishAgainBehind(client, 0, maxAgeMs);
    const others = await this.rows.publishAgainWithoutPlace(client, new Date(0), maxAgeMs);
    this.highest = 0;
    this.report(placed + others, { lost: 'stream' });
  }

  /**
   * Marks rows that the stream misses as pending, after resetting consumers that are ahead. Call it before the next
   * publication. @throws StreamUnsettled
   */
  async compare(client: PoolClient, connection: NatsConnection): Promise<void> {
    const manager = await jetstreamManager(connection);
    // Read before the stream, so that new messages do not make a consumer look ahead.
    const consumers = await consumersOf(manager, this.stream);
    const info = await manager.streams.info(this.stream);
    const { last_seq: last, last_ts: lastAt } = info.state;
    const intact = await this.intactUpTo(client, manager, info, last);
    const highest = await this.rows.placedUpTo(client, Number.MAX_SAFE_INTEGER);
    const lost = highest !== undefined && highest.place > intact;
    if (lost || consumers.some((consumer) => isAhead(consumer, intact))) {
      this.confirm(info, intact);
      await this.recover(client, manager, info, consumers, intact);
    } else {
      this.highest = highest?.place ?? 0;
      const after = new Date(new Date(lastAt).getTime() + CLOCK_MS);
      const again = await this.rows.publishAgainWithoutPlace(client, after, this.options.maxAgeMs);
      this.report(again, { lost: 'tail', published_after: after });
    }
    this.suspected = undefined;
    await this.compareWithin(client, manager, info);
  }

  /**
   * The stream was rolled back while connected if it assigned sequences of other rows to new messages. Call it before the new
   * rows are marked.
   */
  async rolledBack(client: PoolClient, connection: NatsConnection, firstAgain: number): Promise<void> {
    const manager = await jetstreamManager(connection);
    const consumers = await consumersOf(manager, this.stream);
    const info = await manager.streams.info(this.stream);
    const intact = await this.intactUpTo(client, manager, info, firstAgain - 1);
    await this.recover(client, manager, info, consumers, intact);
  }

  /** Whether the stream holds the event at this place. */
  async holds(connection: NatsConnection, eventId: string, place: number): Promise<boolean> {
    return place > 0 && holds(await jetstreamManager(connection), this.stream, { eventId, place });
  }

  /** Consumers before rows: after a crash in between, the rows still show the loss. */
  private async recover(
    client: PoolClient,
    manager: JetStreamManager,
    info: StreamInfo,
    consumers: readonly ConsumerInfo[],
    intact: number,
  ): Promise<void> {
    const { module, logger, maxAgeMs } = this.options;
    const found = { module, stream: this.stream, intact, last: info.state.last_seq, created: info.created };
    logger.warn(found, 'The stream was rolled back');
    for (const consumer of consumers) {
      if (!isAhead(consumer, intact)) continue;
      const reset = await resetConsumer(manager, info, consumer, intact);
      logger.warn({ module, stream: this.stream, ...reset }, 'A consumer was ahead of its stream and was reset');
    }
    const placed = await this.rows.publishAgainBehind(client, intact, maxAgeMs);
    const others = await this.rows.publishAgainWithoutPlace(client, new Date(0), maxAgeMs);
    this.highest = intact;
    this.report(placed + others, { lost: 'tail', intact });
  }

  /** The answer of a single server is reliable; one of several replicas may still read its log. */
  private confirm(info: StreamInfo, intact: number): void {
    if (info.config.num_replicas === 1) return;
    const { first_seq, last_seq, messages } = info.state;
    const suspected = JSON.stringify([info.cluster?.leader, first_seq, last_seq, messages, intact]);
    if (suspected === this.suspected) return;
    this.suspected = suspected;
    throw new StreamUnsettled(this.stream);
  }

  /**
   * Finds messages that are missing before the last one: the head after a purge, single ones after damage. Limits of an
   * operator are no losses.
   */
  private async compareWithin(client: PoolClient, manager: JetStreamManager, info: StreamInfo): Promise<void> {
    if (isLimited(info)) return;
    const { first_seq: first, last_seq: last, messages } = info.state;
    const youngerThanMs = this.options.maxAgeMs * (1 - CLOCK_SHARE);
    const before = await this.rows.placedUpTo(client, first - 1);
    if (before?.publishedAt && before.publishedAt.getTime() > Date.now() - youngerThanMs) {
      const again = await this.rows.publishAgainBefore(client, first, youngerThanMs);
      this.report(again, { lost: 'head', first });
    }
    const gaps = messages === 0 ? 0 : last - first + 1 - messages;
    if (gaps > 0 && gaps !== this.gapsSeen) {
      const { state } = await manager.streams.info(this.stream, { deleted_details: true });
      const places = [...(state.deleted ?? []), ...(state.lost?.msgs ?? [])];
      this.report(await this.rows.publishAgainAt(client, places, this.options.maxAgeMs), { lost: 'gaps', gaps });
    }
    this.gapsSeen = gaps;
  }

  /** @returns the last place up to the bound at which the stream holds the published event. */
  private async intactUpTo(
    client: PoolClient,
    manager: JetStreamManager,
    { state: { first_seq: first } }: StreamInfo,
    bound: number,
  ): Promise<number> {
    const top = await this.rows.placedUpTo(client, bound);
    if (!top || top.place < first || (await holds(manager, this.stream, top))) return bound;
    let intact = first - 1;
    let broken = top.place;
    // Rows are intact up to some place and lost after it.
    for (let from = intact; broken - from > 1;) {
      const middle = Math.floor((from + broken) / 2);
      const row = await this.rows.placedUpTo(client, middle);
      if (!row || row.place <= from) from = middle;
      else if (await holds(manager, this.stream, row)) {
        from = middle;
        intact = row.place;
      } else broken = row.place;
    }
    return intact;
  }

  private report(events: number, facts: object): void {
    if (events === 0) return;
    const { module, logger } = this.options;
    logger.warn({ module, stream: this.stream, events, ...facts }, 'The stream has lost events; publishing them again');
  }
}

async function consumersOf(manager: JetStreamManager, stream: string): Promise<ConsumerInfo[]> {
  const consumers: ConsumerInfo[] = [];
  for await (const consumer of manager.consumers.list(stream)) {
    if (consumer.config.durable_name !== undefined) consumers.push(consumer);
  }
  return consumers;
}

/** Compares the body, which starts with the event's id, because a message may lack the header. */
async function holds(
  manager: JetStreamManager,
  stream: string,
  { eventId, place }: Pick<Placed, 'eventId' | 'place'>,
): Promise<boolean> {
  const message = await manager.streams.getMessage(stream, { seq: place });
  return message?.string().startsWith(`{"id":"${eventId}"`) ?? false;
}

function isLimited({ config }: StreamInfo): boolean {
  return [config.max_msgs, config.max_bytes, config.max_msgs_per_subject].some((limit) => (limit ?? -1) > 0);
}
